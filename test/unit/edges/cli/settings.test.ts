import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { clientSettings } from '../../../../src/edges/cli/settings.ts';
import { Doors } from '../../penstock-client/doors.ts';
import { ServedApi } from '../api/served-api.ts';
import { penstock } from './penstock.ts';

const folder = mkdtempSync(join(tmpdir(), 'penstock-settings-'));
const write = (name: string, text: string) => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};

const open = new AsyncDisposableStack();
let api: ServedApi;
let doors: Doors;
beforeAll(async () => {
  open.defer(() => rmSync(folder, { recursive: true }));
  api = open.use(await ServedApi.start());
  doors = open.use(new Doors(api.port));
  doors.certify();
});
afterAll(() => open.disposeAsync());

describe('flags win over environment over file over default', () => {
  const config = write(
    'penstock.yaml',
    'policy: p.yaml\nstateDir: state\nclient: {url: "unix:/file.sock", tokenFile: token, caFile: /ca.pem}\n',
  );
  it('each says where it came from', async () => {
    expect(await clientSettings({}, {})).toEqual({
      ...{ config: undefined, url: undefined, token: undefined, tokenFile: undefined },
      ...{ caFile: undefined, certFile: undefined, keyFile: undefined },
      stateDir: { value: '/var/lib/penstock', from: 'default' },
    });
    expect(await clientSettings({}, { PENSTOCK_CONFIG: config })).toMatchObject({
      config: { value: config, from: 'PENSTOCK_CONFIG' },
      stateDir: { value: join(folder, 'state'), from: `stateDir in ${config}` },
      url: { value: 'unix:/file.sock', from: `client.url in ${config}` },
      tokenFile: { value: join(folder, 'token') },
      caFile: { value: '/ca.pem' },
    });
    const env = { PENSTOCK_CONFIG: '/nowhere', PENSTOCK_URL: 'unix:/env.sock', PENSTOCK_STATE_DIR: '/env' };
    expect(await clientSettings({ config, url: 'unix:/flag.sock' }, env)).toMatchObject({
      config: { from: '--config' },
      url: { value: 'unix:/flag.sock', from: '--url' },
      stateDir: { value: '/env', from: 'PENSTOCK_STATE_DIR' },
    });
  });
  it.each([
    ['client: {urll: x}', 'client: Unrecognized key'],
    ['client: {url: 7}', 'client.url'],
    ['{', 'bad.yaml: '],
  ])('a file with %j is told, and exits 2', async (text, words) => {
    const ran = await penstock(['--config', write('bad.yaml', text), 'status']);
    expect(ran).toMatchObject({ code: 2, out: '', err: expect.stringContaining(words) });
  });
  it('a command that needs no daemon needs no settings', async () => {
    const policy = new URL('../../../../policies/observe.yaml', import.meta.url).pathname;
    expect((await penstock(['--config', '/nowhere', 'check', policy])).code).toBe(0);
  });
});

describe('ways to the daemon', () => {
  const status = (env: Record<string, string>, ...flags: string[]) => penstock([...flags, 'status'], env);
  const token = () => ({ PENSTOCK_TOKEN: api.tokens.viewer });
  const ca = () => ({ PENSTOCK_CA_FILE: doors.path('ca.pem') });

  it('by a Unix socket, which the daemon may have left in its state directory', async () => {
    const url = `unix:${await doors.socket()}`;
    expect(await status({ ...token(), PENSTOCK_URL: url })).toMatchObject({ code: 0, err: '' });
    expect(await status(token(), '--url', url)).toMatchObject({ code: 0, err: '' });
    write('url', `${url}\n`);
    write('admin.token', api.tokens.admin);
    expect(await status({}, '--state-dir', folder)).toMatchObject({ code: 0, err: '' });
    expect(
      await status({ PENSTOCK_TOKEN_FILE: join(folder, 'admin.token'), PENSTOCK_URL: url }),
    ).toMatchObject({
      code: 0,
    });
  });
  it('by TLS with an authority of its own, and a certificate where one is asked for', async () => {
    const url = { PENSTOCK_URL: await doors.tls(false), ...token() };
    expect(await status({ ...url, ...ca() })).toMatchObject({ code: 0, err: '' });
    expect(await status(url)).toMatchObject({ code: 1, err: expect.stringContaining('PENSTOCK_CA_FILE') });
    const mutual = { PENSTOCK_URL: await doors.tls(true), ...token(), ...ca() };
    expect((await status(mutual)).code).toBe(1);
    const shown = {
      PENSTOCK_CERT_FILE: doors.path('client.pem'),
      PENSTOCK_KEY_FILE: doors.path('client.key'),
    };
    expect(await status({ ...mutual, ...shown })).toMatchObject({ code: 0, err: '' });
  });
  it.each([
    [
      { PENSTOCK_CERT_FILE: '/nowhere/c.pem' },
      2,
      'PENSTOCK_CERT_FILE: a certificate and its key go together',
    ],
    [{ PENSTOCK_CA_FILE: '/nowhere/ca.pem' }, 2, 'PENSTOCK_CA_FILE: cannot read /nowhere/ca.pem (ENOENT)'],
    [{ PENSTOCK_URL: 'unix:/nowhere/s' }, 1, 'no daemon at unix:/nowhere/s'],
    [{ PENSTOCK_URL: 'unix:relative' }, 2, 'PENSTOCK_URL'],
  ])('%j: %d', async (env, code, words) =>
    expect(await status({ PENSTOCK_TOKEN: 'x', PENSTOCK_URL: 'https://127.0.0.1:2', ...env })).toMatchObject({
      code,
      err: expect.stringContaining(words),
    }),
  );
});

describe('doctor shows what holds and who said it', () => {
  interface Shown {
    name: string;
    value: string;
    from: string;
  }
  async function settings(text: string, env: Record<string, string> = {}) {
    const config = write('doctor.yaml', text);
    const { out } = await penstock(['--config', config, '--json', 'doctor'], env);
    const { settings, findings } = JSON.parse(out);
    const shown = Object.fromEntries(settings.map(({ name, value, from }: Shown) => [name, [value, from]]));
    return { out, config, shown, findings };
  }
  it('of the daemon and of the commands', async () => {
    const { shown, config } = await settings('boot: closed\nlisten: 127.0.0.1:99\nclient: {tokenFile: t}\n', {
      PENSTOCK_POLICY: '/etc/p.yaml',
      PENSTOCK_URL: 'https://gateway.example:8731',
    });
    expect(shown).toMatchObject({
      config: [config, '--config'],
      policy: ['/etc/p.yaml', 'PENSTOCK_POLICY'],
      listen: ['127.0.0.1:99', `listen in ${config}`],
      boot: ['closed', `boot in ${config}`],
      tableOwner: ['false', 'default'],
      markMask: ['0xf0000000', 'default'],
      stateDir: ['/nowhere/penstock', 'PENSTOCK_STATE_DIR'],
      'client.url': ['https://gateway.example:8731', 'PENSTOCK_URL'],
      'client.token': [join(folder, 't'), `client.tokenFile in ${config}`],
    });
  });
  it('but never a secret', async () => {
    const { out, shown } = await settings(
      'alerts: {sinks: [{type: webhook, url: "https://hooks.example/services/T0/B0/hunter2", secretFile: hook.secret}]}\n',
      { PENSTOCK_TOKEN: 'hunter3', PENSTOCK_URL: 'https://me:hunter4@gateway.example/' },
    );
    expect(out).not.toMatch(/hunter/);
    expect(shown['alerts.sinks[0].url'][0]).toBe('https://hooks.example/…');
    expect(shown['alerts.sinks[0].secretFile'][0]).toMatch(/hook\.secret$/);
    expect(shown['client.token']).toEqual(['given, not shown', 'PENSTOCK_TOKEN']);
  });
  it('and what is wrong with the file', async () => {
    const { findings, shown } = await settings('listen: nonsense\nfoo: 1\n');
    expect(findings).toContainEqual(expect.objectContaining({ name: 'settings', outcome: 'fail' }));
    expect(shown.boot).toEqual(['open', 'default']);
  });
});
