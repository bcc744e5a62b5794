/** The ways to the API of the real daemon: TLS, client certificates, a Unix socket; and policies put by their tag. */
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { request as plainRequest } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { DaemonProcess } from '../network/daemon-process.ts';
import { Network } from '../network/network.ts';
import { until } from '../network/waiting.ts';
import { Authority } from '../unit/daemon/certificates.ts';

const POLICY = (name: string) => `apiVersion: penstock/v1
kind: EgressPolicy
metadata: {name: ${name}, owner: netsec}
spec: {mode: audit, hostGroups: {inside: {cidrs: [10.1.0.0/24]}}}
`;

const folder = mkdtempSync(join(tmpdir(), 'penstock-access-'));
const at = (name: string) => join(folder, name);
const socketPath = at('api.sock');
const network = new Network('access');
const resources = new AsyncDisposableStack();
let daemon: DaemonProcess;
let ours: Authority;

beforeAll(async () => {
  ours = new Authority(folder, 'ours');
  const staff = new Authority(folder, 'staff');
  ours.issue('api', '/CN=first', 'DNS:gateway.example.org,IP:127.0.0.1');
  staff.issue('ci', '/O=Example/CN=ci');
  writeFileSync(
    at('penstock.yaml'),
    `tls:
  certFile: api.crt
  keyFile: api.key
  clientCaFile: staff.crt
  clientCertificate: optional
  clients: [{name: ci, role: viewer, subject: "CN=ci,O=Example"}]
socket: {path: ${socketPath}}
rateLimits: {failures: 5}
`,
  );
  resources.use(network.enter('gateway'));
  daemon = new DaemonProcess(network, {
    policy: POLICY('first'),
    flags: ['--config', at('penstock.yaml')],
    // As under systemd: then the first token is not shown.
    environment: { INVOCATION_ID: 'test' },
  });
  daemon.launch();
  await until(
    'the daemon to be ready',
    async () => (await ask('/readyz').catch(() => undefined))?.status === 200,
    {
      timeoutMs: 50_000,
    },
  );
});
afterAll(async () => {
  await daemon?.discard();
  await resources.disposeAsync();
  await network.destroy();
  rmSync(folder, { recursive: true, force: true });
});

interface Sent {
  method?: string;
  headers?: Record<string, string>;
  body?: string;
}

/** By the socket, as somebody on this machine. */
function ask(path: string, { method = 'GET', headers = {}, body }: Sent = {}) {
  return new Promise<{ status: number; etag: string; body: ReturnType<typeof JSON.parse> }>(
    (done, failed) => {
      plainRequest({ socketPath, host: 'localhost', path, method, headers }, (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (piece) => {
          text += piece;
        });
        response.on('end', () =>
          done({
            status: response.statusCode ?? 0,
            etag: response.headers.etag ?? '',
            body: JSON.parse(text),
          }),
        );
      })
        .on('error', failed)
        .end(body);
    },
  );
}

const bearer = () => ({ authorization: `Bearer ${daemon.token}` });
const tlsUrl = () => /API at (https:\/\/127\.0\.0\.1:\d+)/.exec(daemon.output)?.[1] ?? 'none';
const curl = (...args: string[]) =>
  network.run('gateway', 'curl', ['-sS', '--max-time', '10', '--cacert', at('ours.crt'), ...args]);

test('the command finds the daemon by its socket, which only root and its group may open', () => {
  expect(daemon.url).toBe(`unix:${socketPath}`);
  expect(statSync(socketPath).mode & 0o777).toBe(0o660);
  const ran = daemon.cli('status', '--json');
  expect([ran.status, JSON.parse(ran.stdout).policy?.name]).toEqual([0, 'first']);
});

test('curl over TLS: with a token, with a client certificate, and with neither', () => {
  const status = (...args: string[]) => curl('-o', '/dev/null', '-w', '%{http_code}', ...args).stdout;
  const url = `${tlsUrl()}/v1/caller`;
  expect(status('-H', `Authorization: Bearer ${daemon.token}`, url)).toBe('200');
  expect(JSON.parse(curl('--cert', at('ci.crt'), '--key', at('ci.key'), url).stdout)).toMatchObject({
    name: 'cert:ci',
    role: 'viewer',
  });
  expect(status(url)).toBe('401');
  expect(curl(url.replace('https', 'http')).status).not.toBe(0);
});

test('a policy is put only in the place of the one that was read', async () => {
  const put = (name: string, tag: string) =>
    ask('/v1/policy', {
      ...{ method: 'PUT', body: POLICY(name) },
      headers: { ...bearer(), 'content-type': 'application/yaml', 'if-match': tag },
    });
  const { etag } = await ask('/v1/policy', { headers: bearer() });
  const second = await put('second', etag);
  expect([second.status, second.body.changed]).toEqual([200, true]);
  // Somebody else has read the first, too.
  expect(await put('third', etag)).toMatchObject({ status: 412, body: { code: 'precondition-failed' } });
  const now = await ask('/v1/policy', { headers: bearer() });
  expect([now.body.name, now.etag]).toEqual(['second', second.etag]);
  expect((await put('third', `"x", ${now.etag}`)).status).toBe(200);
});

test('who tries tokens is stopped; who has one is not', async () => {
  const tries: number[] = [];
  for (let n = 0; n < 8; n++) {
    const headers = { authorization: `Bearer pst_${String(n).repeat(43)}` };
    tries.push((await ask('/v1/status', { headers })).status);
  }
  expect(tries).toEqual([401, 401, 401, 401, 401, 429, 429, 429]);
  expect((await ask('/v1/status', { headers: bearer() })).status).toBe(200);
});

test('a certificate that is renewed is shown after SIGHUP, and after a while without', async () => {
  const subject = () => curl('-v', `${tlsUrl()}/healthz`).stderr;
  expect(subject()).toContain('CN=first');
  ours.issue('api', '/CN=second', 'IP:127.0.0.1');
  process.kill(daemon.pid, 'SIGHUP');
  await until('the second certificate', () => subject().includes('CN=second'));
  ours.issue('api', '/CN=third', 'IP:127.0.0.1');
  await until('the third certificate', () => subject().includes('CN=third'), { timeoutMs: 20_000 });
});

test('no token stands in what the daemon has printed, and nothing is left when it ends', async () => {
  expect(daemon.output).toContain('protecting');
  expect(daemon.output).not.toMatch(/pst_[A-Za-z0-9_-]{20}/);
  expect(daemon.output).not.toContain('PRIVATE KEY');
  expect(await daemon.stop()).toBe(0);
  expect(statSync(socketPath, { throwIfNoEntry: false })).toBeUndefined();
});
