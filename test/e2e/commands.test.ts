/** The command line against the real daemon, while real downloads go on through it. */
import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Finished } from '../network/network.ts';
import { until } from '../network/waiting.ts';
import { denyList, policyText } from './policy-text.ts';
import { PRINTER, SCANNER, SHOP, Site, stranger } from './site.ts';
import { Talk } from './talk.ts';

const PENSTOCK = new URL('../../bin/penstock', import.meta.url).pathname;
const SIZE = 1_000_000;
/** Bytes a second. */
const RATE = 250_000;
const action = {
  detector: 'denyList',
  action: 'block',
  target: 'destination',
  ttl: '1h',
  approval: 'provisional',
  holdFor: '10m',
};
const POLICY = policyText('commands', { ...denyList(['198.51.100.64/28']), actions: [action] });

const resources = new AsyncDisposableStack();
let site: Site;
let folder: string;
let downloads: Promise<Download[]>[];
let isOver = false;

interface Download extends Finished {
  digest: string;
}

beforeAll(async () => {
  folder = resources.adopt(mkdtempSync(join(tmpdir(), 'penstock-test-')), (made) =>
    rmSync(made, { recursive: true }),
  );
  site = resources.use(await Site.open('commands', { policy: POLICY }));
  await serveFiles();
  downloads = [`https://${SHOP[4]}/file`, `https://[${SHOP[6]}]/file`].map(downloadAgainAndAgain);
});
afterAll(() => resources.disposeAsync());

/** nginx with TLS on the shop, slow enough that a download lasts. */
async function serveFiles(): Promise<void> {
  mkdirSync(join(folder, 'www'));
  writeFileSync(join(folder, 'www', 'file'), randomBytes(SIZE));
  const key = [
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:P-256',
    '-nodes',
    '-keyout',
    join(folder, 'key'),
  ];
  const name = ['-subj', '/CN=shop', '-days', '2', '-out', join(folder, 'certificate')];
  expect((await site.network.runAsync('shop', 'openssl', ['req', '-x509', ...key, ...name])).status).toBe(0);
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (each) => `${each}_temp_path ${folder}/${each};`,
  );
  const server = `listen 443 ssl; listen [::]:443 ssl; root ${folder}/www; limit_rate ${RATE};
    ssl_certificate ${folder}/certificate; ssl_certificate_key ${folder}/key;`;
  writeFileSync(
    join(folder, 'nginx.conf'),
    `daemon off; master_process off; pid ${folder}/pid; error_log ${folder}/error.log;
     events {} http { access_log off; ${temporary.join(' ')} server { ${server} } }`,
  );
  site.network.start('shop', 'nginx', ['-e', join(folder, 'error.log'), '-c', join(folder, 'nginx.conf')]);
  const answers = ['-ks', '-m1', '-I', `https://${SHOP[4]}/file`];
  await until('nginx', async () => (await site.network.runAsync('shop', 'curl', answers)).status === 0);
}

/** One after the other until the tests are over. */
async function downloadAgainAndAgain(url: string, number: number): Promise<Download[]> {
  const file = join(folder, `download-${number}`);
  const done: Download[] = [];
  while (!isOver) {
    const finished = await site.network.runAsync('printer', 'curl', ['-ksS', '-o', file, url], 60_000);
    done.push({ ...finished, digest: digestOf(file) });
  }
  return done;
}

function digestOf(file: string): string {
  return createHash('sha256').update(readFileSync(file)).digest('hex');
}

async function penstock(...args: string[]): Promise<Finished> {
  return site.network.runAsync('gateway', PENSTOCK, ['--state-dir', site.daemon.stateDir, ...args]);
}

/** The answer of a command that must be done, as a program reads it. */
async function json(...args: string[]) {
  const { status, stdout, stderr } = await penstock('--json', ...args);
  expect(status, stderr).toBe(0);
  return JSON.parse(stdout);
}

describe('an incident from alert to answer', () => {
  let id: string;
  const talks = new DisposableStack();
  let talk: Talk;
  afterAll(() => talks.dispose());

  test('decisions shows what waits', async () => {
    talk = talks.use(
      await Talk.attempt(site.network, {
        from: 'laptop',
        to: 'stranger',
        address: stranger(64, 4),
        family: 4,
        transport: 'udp',
      }),
    );
    ({ id } = await site.decision(({ state }) => state === 'provisional'));
    const { items } = await json('decisions', '--state', 'provisional');
    expect(items).toMatchObject([{ id, target: { kind: 'destination', prefix: '198.51.100.64/32' } }]);
    const { stdout } = await penstock('decisions', id);
    expect(stdout).toMatch(/provisional/);
    expect(stdout).toContain('anybody <-> 198.51.100.64/32');
  });

  test('incidents says why', async () => {
    const { incident } = await json('decisions', id);
    const { status, stdout } = await penstock('incidents', incident);
    expect(status).toBe(0);
    expect(stdout).toContain('deny list known-c2 holds: known command and control');
  });

  test('approve lets it stand, revoke lifts it', async () => {
    await talk.falls();
    expect(await json('approve', id, '--reason', 'it is bad')).toMatchObject({ id, state: 'active' });
    expect((await penstock('approve', id)).status).toBe(1);
    expect(await json('revoke', id)).toMatchObject({ id, state: 'revoked' });
    await talk.flows();
  });

  test('reject lifts another', async () => {
    using other = await Talk.attempt(site.network, {
      from: 'laptop',
      to: 'stranger',
      address: stranger(65, 4),
      family: 4,
      transport: 'udp',
    });
    const { id } = await site.decision(({ state }) => state === 'provisional');
    await other.falls();
    expect((await penstock('reject', id)).stdout).toMatch(/rejected/);
    await other.flows();
  });
});

describe('blocks by hand', () => {
  test('block, with the reason kept', async () => {
    const args = ['198.51.100.77', '--ttl', '1h', '--reason', 'seen in the news'];
    expect(await json('block', ...args)).toMatchObject({
      state: 'active',
      reason: expect.stringContaining('seen in the news'),
      target: { kind: 'destination', prefix: '198.51.100.77/32' },
    });
    expect(site.daemon.nftSet('destination4')).toHaveLength(1);
  });

  test('quarantine, with an exception', async () => {
    const args = [SCANNER[4], '--ttl', '1h', '--reason', 'scans', '--allow-to', '203.0.113.0/24'];
    expect(await json('quarantine', ...args)).toMatchObject({
      target: { kind: 'host', host: SCANNER[4], allowTo: ['203.0.113.0/24'] },
    });
    const ping = (address: string) =>
      site.network.runAsync('scanner', 'ping', ['-n', '-c1', '-W0.5', address]);
    expect((await ping(SHOP[4])).status).toBe(0);
    expect((await ping(stranger(60, 4))).status).toBe(1);
  });

  test.concurrent.each([
    {
      what: 'the gateway itself',
      args: ['block', '10.1.0.1', '--ttl', '1h', '--reason', 'x'],
      status: 1,
      says: 'guardrail ownAddresses',
    },
    {
      what: 'no address',
      args: ['block', '198.51.100', '--ttl', '1h', '--reason', 'x'],
      status: 2,
      says: '198.51.100',
    },
    { what: 'no reason', args: ['block', '198.51.100.78', '--ttl', '1h'], status: 2, says: '--reason' },
    {
      what: 'an unknown decision',
      args: ['approve', 'D999'],
      status: 2,
      says: 'there is no live decision D999',
    },
    { what: 'an unknown command', args: ['frobnicate'], status: 2, says: 'unknown command' },
  ])('$what ends with $status', async ({ args, status, says }) => {
    const ended = await penstock(...args);
    expect(ended.stderr).toContain(says);
    expect(ended.status).toBe(status);
  });
});

describe('policy and revisions', () => {
  test('apply, diff and rollback', async () => {
    const file = join(folder, 'next.yaml');
    writeFileSync(file, policyText('next', denyList(['198.51.100.64/28', '198.51.100.80/28'])));
    const before = (await json('status')).policy;
    expect((await penstock('diff', file)).stdout).toContain('~ deny list known-c2');
    expect(await json('apply', file, '--dry-run')).toMatchObject({ valid: true });
    expect((await json('status')).policy).toEqual(before);
    expect(await json('apply', file, '--reason', 'more of them')).toMatchObject({ changed: true });
    expect((await json('status')).policy.name).toBe('next');
    expect(await json('rollback', String(before.revision))).toMatchObject({
      restoredFrom: before.revision,
      policyChanged: true,
    });
    expect((await json('status')).policy.name).toBe('commands');
    const { items } = await json('revisions', '--limit', '1');
    expect(items).toMatchObject([{ kind: 'rollback', restoredFrom: before.revision, actor: 'admin' }]);
  });

  test('a bad policy ends with 2 and names the place', async () => {
    const file = join(folder, 'bad.yaml');
    writeFileSync(
      file,
      'apiVersion: penstock/v1\nkind: EgressPolicy\nmetadata: {name: bad}\nspec: {mode: shout}\n',
    );
    const { status, stderr } = await penstock('apply', file);
    expect(stderr).toMatch(/bad\.yaml:4:\d+.*spec\.mode/);
    expect(status).toBe(2);
  });
});

describe('reading', () => {
  test('status and flows show what stands', async () => {
    const { status, stdout } = await penstock('status');
    expect(status).toBe(0);
    expect(stdout).toMatch(/kernel table +in-place/);
    const { flows } = await json('flows', '--host', PRINTER[4]);
    const downloading = {
      destination: SHOP[4],
      destinationPort: 443,
      verdict: 'allow',
      because: 'allowed by shop',
    };
    expect(flows[0]).toMatchObject(downloading);
    expect(flows).toEqual(flows.map(() => expect.objectContaining(downloading)));
  });

  test('a token of a viewer reads and changes nothing', async () => {
    const { token } = await json('token', 'create', 'watcher', '--role', 'viewer');
    const env = { ...process.env, PENSTOCK_TOKEN: token };
    const as = (...args: string[]) =>
      site.network.start('gateway', PENSTOCK, ['--state-dir', site.daemon.stateDir, ...args], {
        env,
      });
    const exit = (child: ReturnType<typeof as>) => new Promise((done) => child.once('exit', done));
    expect(await exit(as('status'))).toBe(0);
    expect(await exit(as('block', '198.51.100.79', '--ttl', '1h', '--reason', 'x'))).toBe(3);
  });

  test('audit tells it all, and audit verify proves it', async () => {
    const { items } = await json('audit', 'list', '--type', 'decision', '--order', 'oldest');
    const answers = items.map(({ type }: { type: string }) => type);
    expect(answers.slice(0, 3)).toEqual(['decision.proposed', 'decision.approved', 'decision.revoked']);
    expect(await penstock('audit', 'verify')).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(/^sound: \d+ entries/),
    });
  });
});

test('the downloads went on through all of it and are whole', async () => {
  isOver = true;
  const whole = { status: 0, stdout: '', stderr: '', digest: digestOf(join(folder, 'www', 'file')) };
  for (const done of await Promise.all(downloads)) expect(done).toEqual(done.map(() => whole));
});

test('without a daemon, commands end with 1 and say how to start one', async () => {
  await site.daemon.stop();
  const { status, stderr } = await penstock('status');
  expect(stderr).toContain('npm start');
  expect(status).toBe(1);
  expect((await penstock('audit', 'verify')).status).toBe(0);
});
