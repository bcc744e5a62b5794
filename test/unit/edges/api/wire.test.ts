import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ServedApi } from './served-api.ts';

let api: ServedApi;
beforeEach(async () => {
  api = await ServedApi.start();
});
afterEach(() => api[Symbol.asyncDispose]());

const block = {
  target: { kind: 'destination', prefix: '198.51.100.66' },
  ttlMs: 60_000,
  reason: 'seen before',
};
it('refuses a body that is not UTF-8', async () => {
  const response = await fetch(`${api.url}/v1/decisions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${api.tokens.admin}`, 'content-type': 'application/json' },
    body: new Uint8Array([0x22, 0xff, 0x22]),
  });
  expect(response.status).toBe(400);
});

it('refuses a compressed body, so that a small one cannot grow', async () => {
  const response = await fetch(`${api.url}/v1/decisions`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${api.tokens.admin}`,
      'content-type': 'application/json',
      'content-encoding': 'gzip',
    },
    body: gzipSync(JSON.stringify(block)),
  });
  expect(response.status).toBe(415);
  expect(api.engine.changes()).toEqual([]);
});

/** Send bytes as they are and read what comes back until the server closes. */
function raw(text: string): Promise<string> {
  return new Promise((done, failed) => {
    let answer = '';
    const socket = connect(api.port, '127.0.0.1', () => socket.end(text));
    socket.on('data', (bytes) => {
      answer += bytes;
    });
    socket.on('error', failed);
    socket.on('close', () => done(answer));
  });
}

const get = (host: string, extra = '') =>
  `GET /healthz HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n${extra}\r\n`;

describe('the Host header', () => {
  it.each([
    ['127.0.0.1', 200],
    ['127.0.0.1:8731', 200],
    ['localhost:8731', 200],
    ['LOCALHOST', 200],
    ['attacker.example', 421],
    ['127.0.0.1.attacker.example', 421],
    ['localhost.attacker.example:8731', 421],
    ['127.0.0.1@attacker.example', 421],
    ['10.0.0.1', 421],
    ['[::1]', 421],
    ['', 421],
  ])('%s gets %d', async (host, status) => {
    expect(await raw(get(host))).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
  });
  it('must be there', async () => {
    expect(await raw('GET /healthz HTTP/1.1\r\nConnection: close\r\n\r\n')).toMatch(/^HTTP\/1.1 400 /);
  });
});

describe('on the wire', () => {
  it('an echoed value cannot start a header of its own', async () => {
    const answer = await raw(get('x\r\nSet-Cookie: a=b'));
    expect(answer).toMatch(/^HTTP\/1.1 421 /);
    expect(answer).not.toMatch(/^set-cookie/im);
  });
  it.each([
    ['two lengths', 'Content-Length: 1\r\nContent-Length: 2\r\n'],
    ['a length and chunks', 'Content-Length: 5\r\nTransfer-Encoding: chunked\r\n'],
    ['headers without end', `X: ${'x'.repeat(40_000)}\r\n`],
  ])('%s are refused', async (_name, headers) => {
    expect(await raw(get('localhost', headers))).toMatch(/^HTTP\/1.1 4(00|31) /);
  });
  it('every answer carries the safe headers', async () => {
    for (const path of ['/healthz', '/v1/status', '/nothing']) {
      const { headers } = await api.send(path);
      expect(Object.fromEntries(headers)).toMatchObject({
        'cache-control': 'no-store',
        'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
        'x-content-type-options': 'nosniff',
      });
      expect(headers.has('x-powered-by')).toBe(false);
      expect(headers.has('access-control-allow-origin')).toBe(false);
    }
  });
});

describe('a flood', () => {
  const headers = (count: number, bytes: number) =>
    Array.from({ length: count }, (_, n) => `X-${n}: ${'x'.repeat(bytes)}\r\n`).join('');
  it.each([
    ['of many headers', headers(5_000, 10)],
    ['of long headers', headers(20, 1_000)],
  ])('%s is refused before anybody asks for what', async (_, text) => {
    // Cut while it still comes, the answer may be lost with it.
    const answer = await raw(get('localhost', text)).catch(() => '');
    expect(answer).toMatch(/^(HTTP\/1.1 431 |$)/);
  });
  it('of a body in chunks without end is cut at the limit, and a stranger’s is not read at all', async () => {
    const sent = async (authorization: string) => {
      let bytes = 0;
      let answer = '';
      const socket = connect(api.port, '127.0.0.1');
      const closed = new Promise<void>((done) => socket.once('close', () => done()));
      socket
        .on('error', () => {})
        .on('data', (piece) => {
          answer += piece;
        });
      socket.write(
        `POST /v1/decisions HTTP/1.1\r\nHost: localhost\r\n${authorization}Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n`,
      );
      const chunk = `10000\r\n${' '.repeat(65_536)}\r\n`;
      while (!socket.destroyed && answer === '' && bytes < 50 * 2 ** 20) {
        bytes += 65_536;
        // The server has its turn after each: else the kernel's queues, up to 36 MB, are what is measured.
        await new Promise((done) => socket.write(chunk, () => setImmediate(done)));
      }
      socket.destroy();
      await closed;
      return { bytes, status: /^HTTP\/1.1 (\d+)/.exec(answer)?.[1] };
    };
    const known = await sent(`Authorization: Bearer ${api.tokens.operator}\r\n`);
    expect(['413', undefined]).toContain(known.status);
    expect(known.bytes).toBeLessThan(4 * 2 ** 20);
    const stranger = await sent('');
    expect(['401', undefined]).toContain(stranger.status);
    expect(stranger.bytes).toBeLessThan(2 ** 20);
    expect(api.engine.changes()).toEqual([]);
  });
});
