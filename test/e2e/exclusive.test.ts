/** One daemon a state directory and one a network namespace. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { DaemonProcess } from '../network/daemon-process.ts';
import type { Finished } from '../network/network.ts';
import { Network } from '../network/network.ts';

const CLI = new URL('../../src/edges/cli/main.ts', import.meta.url).pathname;

const resources = new AsyncDisposableStack();
let network: Network;
let daemon: DaemonProcess;

beforeAll(async () => {
  network = resources.adopt(new Network('exclusive'), (made) => made.destroy());
  network.inside('laptop', 10);
  resources.use(network.enter('gateway'));
  daemon = resources.adopt(new DaemonProcess(network), (made) => made.discard());
  await daemon.start();
});
afterAll(() => resources.disposeAsync());

function second(host: string, stateDir: string, ...more: string[]): Promise<Finished> {
  const args = ['daemon', '--state-dir', stateDir, '--listen', '127.0.0.1:0', ...more];
  return network.runAsync(host, process.execPath, [CLI, ...args]);
}

function temporary(): string {
  return resources.adopt(mkdtempSync(join(tmpdir(), 'penstock-test-')), (dir) =>
    rmSync(dir, { recursive: true }),
  );
}

test('a second one on the same state directory is refused, wherever it runs', async () => {
  for (const host of ['gateway', 'laptop']) {
    const { status, stdout, stderr } = await second(host, daemon.stateDir);
    expect(status).toBe(1);
    expect(stdout).toBe('');
    expect(stderr).toContain(`another daemon (process ${daemon.pid}) uses ${daemon.stateDir}: stop it first`);
    expect(stderr).toContain('PENSTOCK_STATE_BUSY');
  }
});

test('a second one in the same network namespace is refused, wherever its state is', async () => {
  const { status, stderr } = await second('gateway', temporary());
  expect(status).toBe(1);
  expect(stderr).toContain("another daemon keeps table 'inet penstock' in this network namespace");
  expect(stderr).toContain('PENSTOCK_NAMESPACE_BUSY');
});

test('the first one goes on as if nothing had been', async () => {
  const status = await daemon.call('GET', '/v1/status');
  expect(status.body).toMatchObject({ kernel: { table: 'in-place', driftRepairs: 0 } });
  expect((await daemon.call('GET', '/v1/audit?type=drift')).body.items).toEqual([]);
});

test('after a kill its place is free at once', async () => {
  expect(await daemon.stop('SIGKILL')).toBe('SIGKILL');
  await daemon.start();
  expect((await daemon.call('GET', '/readyz')).status).toBe(200);
});

test('asked to stop, it leaves no address behind and the table in place', async () => {
  expect(await daemon.stop('SIGTERM')).toBe(0);
  expect(() => daemon.url).toThrow('ENOENT');
  expect(network.run('gateway', 'nft', ['list', 'table', 'inet', 'penstock']).status).toBe(0);
  expect(daemon.cli('audit', 'verify').status).toBe(0);
});

test.concurrent.each([
  {
    what: 'an address that is not loopback',
    args: ['--listen', '0.0.0.0:8731'],
    status: 2,
    says: 'not a loopback address',
  },
  {
    what: 'a policy that is not there',
    args: ['--policy', '/nonexistent/policy.yaml'],
    status: 2,
    says: 'there is no good policy to start with',
  },
  {
    what: 'a configuration that is not there',
    args: ['--config', '/nonexistent.yaml'],
    status: 2,
    says: 'ENOENT',
  },
  { what: 'an unknown flag', args: ['--frobnicate'], status: 2, says: 'unknown option' },
])('$what ends it with $status', async ({ args, status, says }) => {
  const ended = await second('laptop', temporary(), ...args);
  expect(ended.stderr).toContain(says);
  expect(ended.status).toBe(status);
});

test('without privileges it ends with 3 and says what is missing', async () => {
  const stateDir = temporary();
  const args = ['--reuid=65534', '--regid=65534', '--clear-groups', '--', process.execPath, CLI, 'daemon'];
  network.run('laptop', 'chown', ['65534', stateDir]);
  const ended = await network.runAsync('laptop', 'setpriv', [
    ...args,
    '--state-dir',
    stateDir,
    '--listen',
    '127.0.0.1:0',
  ]);
  expect(ended.stderr).toContain('run it as root, or with CAP_NET_ADMIN');
  expect(ended.status).toBe(3);
});
