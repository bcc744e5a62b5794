import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ServedApi } from '../api/served-api.ts';
import { penstock, reaching } from './penstock.ts';

const COMMAND = fileURLToPath(new URL('../../../../bin/penstock', import.meta.url));

let api: ServedApi;
let folder: string;
beforeEach(async () => {
  api = await ServedApi.start();
  folder = mkdtempSync(join(tmpdir(), 'penstock-cli-'));
});
afterEach(async () => {
  rmSync(folder, { recursive: true, force: true });
  await api[Symbol.asyncDispose]();
});

describe('the daemon is found', () => {
  it('by what it left in the state directory', async () => {
    writeFileSync(join(folder, 'url'), `${api.url}\n`);
    writeFileSync(join(folder, 'admin.token'), `${api.tokens.admin}\n`);
    expect((await penstock(['--state-dir', folder, 'status'])).code).toBe(0);
    expect((await penstock(['status'], { PENSTOCK_STATE_DIR: folder })).code).toBe(0);
  });
  it('or what to do is said', async () => {
    const none = await penstock(['status']);
    expect(none).toMatchObject({ code: 1, err: expect.stringContaining('Start the daemon with npm start') });
    await api[Symbol.asyncDispose]();
    const gone = await penstock(['status'], reaching(api, 'viewer'));
    expect(gone).toMatchObject({
      code: 1,
      err: `penstock: no daemon at ${api.url}: start it with npm start
`,
    });
    api = await ServedApi.start();
  });
  it.each([
    ['http://192.0.2.1:8731', 'in clear text'],
    ['ftp://127.0.0.1', 'no http or https URL'],
    ['nonsense', 'no http or https URL'],
  ])('but no token is sent to %s', async (url, words) => {
    const ran = await penstock(['status'], { PENSTOCK_URL: url, PENSTOCK_TOKEN: 'x' });
    expect(ran).toMatchObject({ code: 2, err: expect.stringContaining(words) });
  });
  it("and root's own token stays on this machine", async () => {
    writeFileSync(join(folder, 'admin.token'), api.tokens.admin);
    const ran = await penstock(['--state-dir', folder, 'status'], { PENSTOCK_URL: 'https://192.0.2.1' });
    expect(ran).toMatchObject({ code: 3, err: expect.stringContaining('set PENSTOCK_TOKEN') });
  });
});

it('audit verify proves the ledger, and finds a change', async () => {
  const good = await penstock(['--state-dir', api.stateDir, 'audit', 'verify']);
  const { seq, hash } = api.ledger.head();
  expect(good).toEqual({ code: 0, err: '', out: `sound: ${seq} entries, the end is ${seq}:${hash}\n` });
  const cut = await penstock([
    '--state-dir',
    api.stateDir,
    'audit',
    'verify',
    '--anchor',
    `${seq + 1}:${hash}`,
  ]);
  expect(cut).toMatchObject({ code: 1, out: expect.stringContaining('NOT SOUND') });
  expect((await penstock(['--state-dir', folder, 'audit', 'verify'])).code).toBe(1);
});

it('doctor says of each thing how it is and what to do', async () => {
  const ran = await penstock(['doctor', '--json'], {
    ...reaching(api, 'viewer'),
    PENSTOCK_STATE_DIR: api.stateDir,
  });
  const { healthy, findings } = JSON.parse(ran.out);
  expect(ran.code).toBe(healthy ? 0 : 1);
  const named = Object.fromEntries(findings.map((each: { name: string }) => [each.name, each]));
  expect(named).toMatchObject({
    daemon: { outcome: 'ok', found: `ready at ${api.url}` },
    'state directory': { outcome: 'ok', found: api.stateDir },
    privileges: {},
    kernel: {},
    libnftables: {},
    'nft command': {},
    conntrack: {},
  });
  for (const { outcome, next } of findings) expect(next !== '').toBe(outcome !== 'ok');
});

it('the installed command follows links to its checkout, and no argument is taken for a command', () => {
  const link = join(folder, 'penstock');
  symlinkSync(COMMAND, link);
  const run = (...args: string[]) =>
    execFileSync(link, args, { encoding: 'utf8', stdio: 'pipe', cwd: folder });
  expect(run('--version')).toMatch(/^\d+\.\d+\.\d+\n$/);
  const trap = join(folder, 'trap');
  expect(() => run(`$(touch ${trap})`, `; touch ${trap}`)).toThrow(/unknown command/);
  expect(existsSync(trap)).toBe(false);
});
