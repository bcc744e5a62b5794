import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type DownloadOrder, download, type Validators } from '../../../../src/daemon/deny-list/download.ts';
import { FetchError } from '../../../../src/daemon/errors.ts';
import { until } from '../../../network/waiting.ts';
import { FeedServer } from './feed-server.ts';

const TEXT = '198.51.100.7\n';
const MAX_BYTES = 10_000;
const KNOWN: Validators = { etag: '"v1"', lastModified: 'Mon, 05 Oct 2026 12:00:00 GMT' };

let server: FeedServer;
beforeEach(async () => {
  server = await FeedServer.open();
});
afterEach(() => server[Symbol.asyncDispose]());

function get(more: Partial<DownloadOrder> = {}) {
  const signal = new AbortController().signal;
  return download({
    url: server.url(),
    maxBytes: MAX_BYTES,
    timeoutMs: 20_000,
    validators: null,
    signal,
    ...more,
  });
}

async function failure(more: Partial<DownloadOrder> = {}) {
  const error = await get(more).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof FetchError)) throw new Error(`no FetchError but ${error}`);
  return { ...error.failure, isTransient: error.isTransient };
}

type Answer = (response: ServerResponse, request: IncomingMessage) => void;
function serve(answer: Answer): void {
  server.answer = (request, response) => answer(response, request);
}

describe('content', () => {
  test('comes with what tells the server next time that it is at hand', async () => {
    serve((response) =>
      response.writeHead(200, { etag: '"v1"', 'last-modified': KNOWN.lastModified ?? '' }).end(TEXT),
    );
    expect(await get()).toEqual({ kind: 'content', bytes: Buffer.from(TEXT), validators: KNOWN });
    const { headers } = server.requests[0];
    expect(headers).toMatchObject({ 'accept-encoding': 'gzip', 'user-agent': 'penstock' });
    expect(headers).not.toHaveProperty('if-none-match');
  });

  test('is not sent again when it is the same', async () => {
    serve((response) => response.writeHead(304).end());
    expect(await get({ validators: KNOWN })).toEqual({ kind: 'unchanged' });
    expect(server.requests[0].headers).toMatchObject({
      'if-none-match': KNOWN.etag,
      'if-modified-since': KNOWN.lastModified,
    });
  });

  test.each([
    ['gzip', { 'content-encoding': 'gzip' }, gzipSync(TEXT)],
    [
      'gzip of two members',
      { 'content-encoding': 'gzip' },
      Buffer.concat([gzipSync(TEXT.slice(0, 5)), gzipSync(TEXT.slice(5))]),
    ],
    ['a .gz file', { 'content-type': 'application/gzip' }, gzipSync(TEXT)],
    ['a .gz file in gzip', { 'content-encoding': 'gzip' }, gzipSync(gzipSync(TEXT))],
    ['plain, and said so', { 'content-encoding': 'identity' }, Buffer.from(TEXT)],
  ])('may be %s', async (_, headers, body) => {
    serve((response) => response.writeHead(200, headers).end(body));
    expect(await get()).toMatchObject({ bytes: Buffer.from(TEXT) });
  });

  test('may be as large as allowed', async () => {
    serve((response) => response.end('x'.repeat(MAX_BYTES)));
    expect(await get()).toMatchObject({ bytes: { length: MAX_BYTES } });
  });

  test('without validators, or with endless ones, has none', async () => {
    serve((response) => response.writeHead(200, { etag: `"${'x'.repeat(2_000)}"` }).end(TEXT));
    expect(await get()).toMatchObject({ validators: { etag: null, lastModified: null } });
  });
});

describe('redirects', () => {
  test('are followed three times, also without a host', async () => {
    serve((response, { url }) => {
      const step = Number(url?.slice(2));
      if (step === 3) response.end(TEXT);
      else response.writeHead([301, 307, 308][step], { location: `/r${step + 1}` }).end();
    });
    expect(await get({ url: server.url('/r0') })).toMatchObject({ bytes: Buffer.from(TEXT) });
    expect(server.requests).toHaveLength(4);
  });

  test('are not followed for ever', async () => {
    serve((response) => response.writeHead(302, { location: '/again' }).end());
    expect(await failure()).toEqual({
      code: 'unreadable',
      message: 'redirects more than 3 times',
      isTransient: false,
    });
    expect(server.requests).toHaveLength(4);
  });

  test.each([
    ['http on another machine', 'http://feeds.example/x', 'redirects to http to another machine'],
    ['a password', 'https://me:x@feeds.example/x', 'redirects to a URL with a user or password'],
    ['a file', 'file:///etc/passwd', 'redirects to neither https nor http'],
    ['no URL', 'http://[', 'redirects to no URL'],
  ])('to %s are refused', async (_, location, message) => {
    serve((response) => response.writeHead(301, { location }).end());
    const found = await failure();
    expect(found).toMatchObject({ code: 'unreadable', isTransient: false });
    expect(found.message).toContain(message);
  });

  test('leave no connection open', async () => {
    serve((response) => {
      response.writeHead(301, { location: 'http://feeds.example/' });
      response.write('never ending');
    });
    await failure();
    await until('the connection to be closed', async () => (await server.connections()) === 0);
  });
});

describe('what is no content', () => {
  test.each([
    [404, 'answered 404 Not Found', false],
    [403, 'answered 403 Forbidden', false],
    [429, 'answered 429 Too Many Requests', false],
    [204, 'answered 204 No Content', false],
    [206, 'answered 206 Partial Content', false],
    [304, 'answered 304 Not Modified', false],
    [500, 'answered 500 Internal Server Error', true],
    [503, 'answered 503 Service Unavailable', true],
  ])('status %i', async (status, message, isTransient) => {
    serve((response) => response.writeHead(status).end());
    expect(await failure()).toEqual({ code: 'unreadable', message, isTransient });
  });

  test('an answer that is not HTTP', async () => {
    const raw = createServer((socket) => void socket.resume().end('hello\r\n\r\n')).listen(0, '127.0.0.1');
    await once(raw, 'listening');
    const { port } = raw.address() as { port: number };
    expect(await failure({ url: `http://127.0.0.1:${port}/` })).toMatchObject({
      code: 'unreadable',
      isTransient: true,
    });
    raw.close();
    await once(raw, 'close');
    expect(await failure({ url: `http://127.0.0.1:${port}/` })).toEqual({
      code: 'unreadable',
      message: 'cannot be reached (ECONNREFUSED)',
      isTransient: true,
    });
  });

  test('an encoding that nobody asked for', async () => {
    serve((response) => response.writeHead(200, { 'content-encoding': 'br' }).end(TEXT));
    expect(await failure()).toMatchObject({
      code: 'damaged',
      message: 'is encoded as br, which was not asked for',
    });
  });

  test('gzip that is none', async () => {
    const body = Buffer.concat([Buffer.from([0x1f, 0x8b]), Buffer.alloc(40, 7)]);
    serve((response) => response.end(body));
    expect(await failure()).toMatchObject({
      code: 'damaged',
      message: expect.stringContaining('is no gzip'),
    });
  });
});

describe('content that is cut off', () => {
  const announced: Answer = (response) => {
    response.writeHead(200, { 'content-length': '1000' });
    response.write(TEXT, () => response.destroy());
  };
  const chunked: Answer = (response) => {
    response.writeHead(200);
    response.write(TEXT, () => response.destroy());
  };
  test.each([
    ['before its announced length', announced],
    ['before its last chunk', chunked],
  ])('%s is known to be', async (_, answer) => {
    serve(answer);
    expect(await failure()).toEqual({
      code: 'truncated',
      message: `was cut off after ${TEXT.length} bytes`,
      isTransient: true,
    });
  });

  test('in gzip is known to be, though HTTP is whole', async () => {
    const whole = gzipSync(Array.from({ length: 200 }, (_, i) => `198.51.100.${i}`).join('\n'));
    serve((response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(whole.subarray(0, -12)));
    expect(await failure()).toEqual({
      code: 'truncated',
      message: 'is gzip that was cut off',
      isTransient: true,
    });
  });
});

describe('content that is too large', () => {
  const larger = `is larger than ${MAX_BYTES} bytes (maxBytes)`;

  test('is not fetched when it says so', async () => {
    serve((response) => void response.writeHead(200, { 'content-length': String(2 ** 40) }).flushHeaders());
    expect(await failure()).toEqual({ code: 'tooLarge', message: larger, isTransient: false });
    await until('the connection to be closed', async () => (await server.connections()) === 0);
  });

  test('is let go on the way when it never ends', async () => {
    serve((response) => {
      const more = () => {
        while (!response.destroyed && response.write('198.51.100.7\n'.repeat(100)));
      };
      response.on('drain', more);
      more();
    });
    expect(await failure()).toMatchObject({ code: 'tooLarge', message: larger });
    await until('the connection to be closed', async () => (await server.connections()) === 0);
  });

  test('once unpacked is let go', async () => {
    serve((response) => response.end(gzipSync(Buffer.alloc(MAX_BYTES + 1))));
    expect(await failure()).toMatchObject({
      code: 'tooLarge',
      message: expect.stringContaining('unpacks to more'),
    });
  });
});

describe('a server that is slow', () => {
  const trickle: Answer = (response) => {
    const timer = setInterval(() => response.write('1'), 5);
    response.on('close', () => clearInterval(timer));
  };
  test.each([
    ['to answer', (() => {}) satisfies Answer],
    ['to send, though it never stops', trickle],
  ])('%s is waited for so long and no longer', async (_, answer) => {
    serve(answer);
    expect(await failure({ timeoutMs: 200 })).toEqual({
      code: 'slow',
      message: 'is not here after 0.2 s',
      isTransient: true,
    });
    await until('the connection to be closed', async () => (await server.connections()) === 0);
  });

  test('hardly sends anything: it is not waited for', async () => {
    serve(trickle);
    expect(await failure({ pace: { bytes: 1_000, everyMs: 50 } })).toEqual({
      code: 'slow',
      message: 'sends less than 1000 bytes in 0.05 s',
      isTransient: true,
    });
  });

  test('is left when the policy is no longer in force', async () => {
    serve(trickle);
    const ending = new AbortController();
    const waiting = get({ signal: ending.signal });
    await until('the request', () => server.requests.length > 0);
    ending.abort(new Error('another policy'));
    await expect(waiting).rejects.toThrow('another policy');
    await until('the connection to be closed', async () => (await server.connections()) === 0);
  });
});
