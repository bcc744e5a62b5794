import { spawn } from 'node:child_process';
import {
  copyFileSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { request as plainRequest } from 'node:http';
import { type RequestOptions, request as tlsRequest } from 'node:https';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, type PeerCertificate } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ApiListener, type ListenSettings } from '../../../src/daemon/api-listener.ts';
import { apiSettings } from '../../../src/daemon/api-settings.ts';
import { parseListen } from '../../../src/daemon/listen-address.ts';
import { until } from '../../network/waiting.ts';
import { ServedApi } from '../edges/api/served-api.ts';
import { Authority } from './certificates.ts';

const folder = mkdtempSync(join(tmpdir(), 'penstock-listener-'));
const at = (name: string) => join(folder, name);
const said: string[] = [];
let api: ServedApi;
let ours: Authority;
let staff: Authority;

beforeAll(async () => {
  api = await ServedApi.start();
  ours = new Authority(folder, 'ours');
  staff = new Authority(folder, 'staff');
  ours.issue('api', '/CN=gateway', 'DNS:gateway.example.org,DNS:*.example.net,IP:127.0.0.1');
  staff.issue('ci', '/O=Example/CN=ci');
  staff.issue('guest', '/O=Example/CN=guest');
  ours.issue('stranger', '/O=Example/CN=ci');
});
afterAll(async () => {
  await api[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
});

function open(listen: string, settings: Parameters<typeof apiSettings>[0] = {}): Promise<ApiListener> {
  const log = {
    info: (message: string) => void said.push(message),
    error: (_fields: object, message: string) => void said.push(message),
  };
  const whole: ListenSettings = {
    api: apiSettings(settings, folder),
    listen: parseListen(listen, { tls: settings.tls !== undefined }),
    stateDir: folder,
  };
  return ApiListener.open({ ...api.parts, log }, whole);
}

interface Answer {
  status: number;
  body: { code?: string; name?: string; detail?: string };
}

function ask(url: string, path: string, options: RequestOptions = {}) {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const send = url.startsWith('https:') ? tlsRequest : plainRequest;
  send(new URL(path, url), { agent: false, ...options }, (response) => {
    let text = '';
    response.setEncoding('utf8').on('data', (piece) => {
      text += piece;
    });
    response.on('end', () => resolve({ status: response.statusCode ?? 0, body: JSON.parse(text) }));
  })
    .on('error', reject)
    .end();
  return promise;
}

const bearer = () => ({ authorization: `Bearer ${api.tokens.viewer}` });
const read = (name: string) => readFileSync(at(name), 'utf8');
const shown = (name: string) => ({ cert: read(`${name}.crt`), key: read(`${name}.key`) });

describe('over TLS', () => {
  const settings = () => ({ tls: { certFile: 'api.crt', keyFile: 'api.key' } });
  it('it answers by the names of its certificate and the address, and by no other', async () => {
    await using stack = new AsyncDisposableStack();
    const listener = stack.adopt(await open('127.0.0.1:0', settings()), (each) => each.close());
    expect(listener.url).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/);
    expect(read('url')).toBe(`${listener.url}\n`);
    const ca = read('ours.crt');
    expect(await ask(listener.url, '/v1/status', { ca, headers: bearer() })).toMatchObject({ status: 200 });
    expect(await ask(listener.url, '/v1/status', { ca })).toMatchObject({ status: 401 });
    const named = (host: string) =>
      ask(listener.url, '/healthz', { ca, headers: { host }, servername: 'gateway.example.org' });
    expect((await named('gateway.example.org:8731')).status).toBe(200);
    expect((await named('x.example.net')).status).toBe(421);
    expect((await named('attacker.example')).status).toBe(421);
    // Somebody who speaks plain HTTP to it learns nothing.
    await expect(ask(listener.url.replace('https', 'http'), '/healthz')).rejects.toThrow();
  });
  it('a certificate that is renewed is shown without a restart, and one without its key is not', async () => {
    for (const kind of ['crt', 'key']) copyFileSync(at(`api.${kind}`), at(`own.${kind}`));
    await using stack = new AsyncDisposableStack();
    const tls = { certFile: 'own.crt', keyFile: 'own.key' };
    const listener = stack.adopt(await open('127.0.0.1:0', { tls }), (each) => each.close());
    const subject = () => subjectAt(Number(new URL(listener.url).port));
    expect((await subject()).CN).toBe('gateway');
    ours.issue('renewed', '/CN=renewed');
    // The certificate first, the key later, as any tool does.
    renameSync(at('renewed.crt'), at('own.crt'));
    listener.reload();
    expect(said.at(-1)).toMatch(/^certificate not used: .*own\.crt/);
    expect((await subject()).CN).toBe('gateway');
    renameSync(at('renewed.key'), at('own.key'));
    listener.reload();
    expect((await subject()).CN).toBe('renewed');
    expect(said.join()).not.toContain('PRIVATE KEY');
  });
  it('what is no certificate is named, and the daemon does not start', async () => {
    writeFileSync(at('broken.crt'), 'no certificate');
    const tls = { certFile: 'broken.crt', keyFile: 'api.key' };
    await expect(open('127.0.0.1:0', { tls })).rejects.toMatchObject({ code: 'PENSTOCK_CONFIG_INVALID' });
    await expect(open('127.0.0.1:0', { tls: { ...tls, certFile: 'none.crt' } })).rejects.toThrow(/none\.crt/);
  });
});

function subjectAt(port: number): Promise<PeerCertificate['subject']> {
  return new Promise((done, failed) => {
    const socket = connect({ port, host: '127.0.0.1', ca: read('ours.crt') }, () => {
      done(socket.getPeerCertificate().subject);
      socket.destroy();
    }).on('error', failed);
  });
}

describe('with client certificates', () => {
  const tls = {
    ...{ certFile: 'api.crt', keyFile: 'api.key', clientCaFile: 'staff.crt' },
    clients: [{ name: 'ci', role: 'operator' as const, subject: 'CN=ci,O=Example' }],
  };
  it('that are required, nobody comes in without one, not even with a token', async () => {
    await using stack = new AsyncDisposableStack();
    const { url } = stack.adopt(await open('127.0.0.1:0', { tls }), (each) => each.close());
    const ca = read('ours.crt');
    await expect(ask(url, '/healthz', { ca })).rejects.toThrow();
    await expect(ask(url, '/healthz', { ca, headers: bearer() })).rejects.toThrow();
    // The right subject, signed by somebody else.
    await expect(ask(url, '/healthz', { ca, ...shown('stranger') })).rejects.toThrow();
    expect(await ask(url, '/v1/caller', { ca, ...shown('ci') })).toMatchObject({
      status: 200,
      body: { name: 'cert:ci', role: 'operator' },
    });
    // Known to the authority, and not to the settings: it needs a token.
    expect((await ask(url, '/v1/caller', { ca, ...shown('guest') })).status).toBe(401);
    const both = await ask(url, '/v1/caller', { ca, ...shown('guest'), headers: bearer() });
    expect(both.body.name).toBe('the-viewer');
  });
  it('that are optional, one that nobody vouches for is none, and a change is recorded by its name', async () => {
    await using stack = new AsyncDisposableStack();
    const settings = { tls: { ...tls, clientCertificate: 'optional' as const } };
    const { url } = stack.adopt(await open('127.0.0.1:0', settings), (each) => each.close());
    const ca = read('ours.crt');
    expect((await ask(url, '/v1/caller', { ca, ...shown('stranger') })).status).toBe(401);
    expect((await ask(url, '/v1/caller', { ca, headers: bearer() })).status).toBe(200);
    const before = api.engine.changes().length;
    const revoked = await ask(url, '/v1/decisions/D1/revoke', { method: 'POST', ca, ...shown('ci') });
    expect(revoked.status).toBe(200);
    expect(api.engine.changes().slice(before)).toMatchObject([{ params: { actor: 'cert:ci' } }]);
    const refused = await ask(url, '/v1/decisions/D1/approve', { method: 'POST', ca, ...shown('ci') });
    expect(refused).toMatchObject({ status: 403, body: { code: 'forbidden' } });
  });
});

describe('on a Unix socket', () => {
  const path = at('api.sock');
  it('it answers who may open it and has a token, and leaves nothing behind', async () => {
    const listener = await open(`unix:${path}`);
    expect([listener.url, read('url')]).toEqual([`unix:${path}`, `unix:${path}\n`]);
    expect(statSync(path).mode & 0o777).toBe(0o660);
    const answer = await ask('http://localhost', '/v1/caller', { socketPath: path, headers: bearer() });
    expect(answer).toMatchObject({ status: 200, body: { name: 'the-viewer' } });
    expect((await ask('http://localhost', '/v1/caller', { socketPath: path })).status).toBe(401);
    expect((await ask('http://attacker.example', '/healthz', { socketPath: path })).status).toBe(421);
    await listener.close();
    expect(() => statSync(path)).toThrow(/ENOENT/);
    expect(() => read('url')).toThrow(/ENOENT/);
  });
  it('an operator over ssh is told to the engine, who would else cut their path', async () => {
    await using stack = new AsyncDisposableStack();
    stack.adopt(await open(`unix:${path}`), (each) => each.close());
    const headers = {
      authorization: `Bearer ${api.tokens.operator}`,
      'penstock-session': '10.1.0.99 50000 10.1.0.1 22',
    };
    await ask('http://localhost', '/v1/caller', { socketPath: path, headers });
    expect(api.engine.asked.findLast(({ name }) => name === 'noteOperator')?.params).toMatchObject({
      path: { address: '10.1.0.99', via: 'ssh' },
    });
  });
  it('beside an address both answer, and who is on this machine is told of the socket', async () => {
    await using stack = new AsyncDisposableStack();
    const listener = stack.adopt(await open('127.0.0.1:0', { socket: { path, group: '0' } }), (each) =>
      each.close(),
    );
    expect(listener.url).toMatch(/^http:/);
    expect(read('url')).toBe(`unix:${path}\n`);
    expect((await ask(listener.url, '/healthz')).status).toBe(200);
    expect((await ask('http://localhost', '/healthz', { socketPath: path })).status).toBe(200);
  });
  it('what a killed daemon has left is taken away; what somebody listens on, or a file, is not', async () => {
    const other = createServer();
    await new Promise<void>((done) => other.listen(path, done));
    await expect(open(`unix:${path}`)).rejects.toThrow(/another process listens there/);
    await new Promise((done) => other.close(done));
    writeFileSync(path, 'mine');
    await expect(open(`unix:${path}`)).rejects.toThrow(/something else/);
    rmSync(path);
    await leftBehind(path);
    const listener = await open(`unix:${path}`);
    expect((await ask('http://localhost', '/healthz', { socketPath: path })).status).toBe(200);
    await listener.close();
  });
  it('a group that is none is told', async () => {
    await expect(open('127.0.0.1:0', { socket: { path, group: 'no-such-group' } })).rejects.toThrow(
      /no group/,
    );
  });
});

/** A socket whose process was killed. */
async function leftBehind(path: string): Promise<void> {
  const code = `require('net').createServer().listen(${JSON.stringify(path)})`;
  const child = spawn(process.execPath, ['-e', code], { stdio: 'ignore' });
  await until('the socket is there', () => statSync(path, { throwIfNoEntry: false }));
  const ended = new Promise((done) => child.once('exit', done));
  child.kill('SIGKILL');
  await ended;
}
