/** What a start finds wrong is said in words that help, and a good state outlives a bad file. */
import { closeSync, openSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { denyingPolicy } from '../faults/scene.ts';
import { allEntries, expectSound } from '../faults/soundness.ts';
import { DaemonProcess } from '../network/daemon-process.ts';
import { Network } from '../network/network.ts';

const POLICY = denyingPolicy('action: alert', { name: 'good' });
const CLI = new URL('../../src/edges/cli/main.ts', import.meta.url).pathname;
const BLOCK = {
  target: { kind: 'destination', prefix: '198.51.100.66/32' },
  ttlMs: 3_600_000,
  reason: 'test',
};

let network: Network;
let entered: Disposable;
let daemon: DaemonProcess;

beforeEach(() => {
  network = new Network('start');
  entered = network.enter('gateway');
  daemon = new DaemonProcess(network, { policy: POLICY });
});

afterEach(async () => {
  entered[Symbol.dispose]();
  await daemon.discard();
  await network.destroy();
});

/** Start, block something, and stop. */
async function runOnce(): Promise<void> {
  await daemon.start();
  expect((await daemon.call('POST', '/v1/decisions', BLOCK)).status).toBe(201);
  expect(await daemon.stop()).toBe(0);
}

/** The text of the fatal line of a start that fails. */
async function failingStart(status: number): Promise<string> {
  daemon.launch();
  expect(await daemon.exited(), daemon.output).toBe(status);
  return daemon.output;
}

function overwrite(path: string, offset: number, bytes: string): void {
  const file = openSync(path, 'r+');
  writeSync(file, bytes, offset);
  closeSync(file);
}

describe('a damaged ledger', () => {
  it.each([
    [
      'that is no database any more',
      (path: string) => writeFileSync(path, 'x'.repeat(8192)),
      /damaged|no SQLite/,
    ],
    [
      'whose first page is garbage',
      (path: string) => overwrite(path, 100, '#'.repeat(3000)),
      /ledger: .*damaged/,
    ],
  ])('%s is refused and left as it is', async (_, damage, said) => {
    await runOnce();
    const path = join(daemon.stateDir, 'ledger.db');
    for (const log of ['-wal', '-shm']) rmSync(path + log, { force: true });
    damage(path);
    expect(await failingStart(1)).toMatch(said);
    const verified = daemon.cli('audit', 'verify');
    expect(verified.status, verified.stdout + verified.stderr).toBe(1);
  });
});

it.each([
  ['is no YAML', 'spec: [', /policy not used: .*policy\.yaml/],
  [
    'has an unknown key',
    POLICY.replace('mode:', 'moed: respond\n  mode:'),
    /policy not used: .*policy\.yaml:.*moed/,
  ],
])('an edited policy file that %s: the last good one stays in force', async (_, text, said) => {
  await runOnce();
  daemon.writePolicy(text);
  await daemon.start();
  expect(daemon.output).toMatch(said);
  expect((await daemon.call('GET', '/v1/status')).body).toMatchObject({ policy: { name: 'good' } });
  expect((await allEntries(daemon)).filter(({ type }) => type === 'policy.refused')).toHaveLength(1);
  await expectSound(network, daemon);
});

it('a bad policy file at the first start ends it with status 2', async () => {
  daemon.writePolicy('spec: [');
  expect(await failingStart(2)).toMatch(/no good policy/);
});

it('a deleted access database is made anew, with a new admin token', async () => {
  await daemon.start();
  const old = daemon.token;
  await daemon.stop('SIGKILL');
  for (const end of ['', '-wal', '-shm']) rmSync(join(daemon.stateDir, `access.db${end}`), { force: true });
  await daemon.start();
  expect(daemon.token).not.toBe(old);
  expect((await daemon.call('POST', '/v1/decisions', BLOCK)).status).toBe(201);
  const withOld = await daemon.call('GET', '/v1/status', undefined, { authorization: `Bearer ${old}` });
  expect(withOld.status).toBe(401);
  await expectSound(network, daemon);
});

describe('a state directory that cannot be used', () => {
  it('because it is a file: status 1, and its name', async () => {
    rmSync(daemon.stateDir, { recursive: true });
    writeFileSync(daemon.stateDir, '');
    expect(startWith([])).toMatchObject({ status: 1, stderr: expect.stringContaining(daemon.stateDir) });
  });

  it('because nothing may be written there: status 1, and its name', () => {
    const readOnly = ['unshare', '--mount', 'sh', '-c'];
    const script = `mount -t tmpfs -o ro none "${daemon.stateDir}" && exec "$0" "$@"`;
    const { status, stderr } = startWith([...readOnly, script]);
    expect({ status, stderr }).toMatchObject({ status: 1, stderr: expect.stringContaining(daemon.stateDir) });
    expect(stderr).toContain('read-only');
  });
});

describe('without the right to change the network', () => {
  it.each([
    ['root without CAP_NET_ADMIN', ['--bounding-set=-net_admin', '--inh-caps=-net_admin']],
    [
      'another user, who may read everything',
      [
        ...['--reuid=65534', '--regid=65534', '--clear-groups'],
        ...['--inh-caps=-all,+dac_override', '--ambient-caps=-all,+dac_override'],
      ],
    ],
  ])('%s: status 3, and what is needed', (_, flags) => {
    const { status, stderr } = startWith(['setpriv', ...flags]);
    expect({ status, stderr }).toMatchObject({ status: 3, stderr: expect.stringContaining('CAP_NET_ADMIN') });
  });
});

/** The daemon behind a command that takes something from it. */
function startWith(before: string[]): { status: number; stderr: string } {
  const [command, ...args] = [
    ...before,
    ...[process.execPath, CLI, 'daemon', '--state-dir', daemon.stateDir, '--listen', '127.0.0.1:0'],
  ];
  return network.run('gateway', command, args);
}
