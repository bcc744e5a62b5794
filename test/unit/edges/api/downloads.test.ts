import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type Download, sendDownload } from '../../../../src/edges/api/download.ts';
import { type Caller, type DownloadRoute, NOTHING } from '../../../../src/edges/api/route.ts';
import { StreamGate } from '../../../../src/edges/api/stream.ts';

const CALLER: Caller = { id: 'token:1', name: 'laptop', role: 'viewer', scopes: null, expiresAtMs: null };

let server: Server;
let open: () => Promise<Download>;
const gate = new StreamGate(100);

beforeEach(async () => {
  const route: DownloadRoute = {
    ...{ kind: 'download', method: 'get', path: '/', role: 'viewer', summary: 'A file' },
    ...{ contentTypes: ['application/zip'], request: NOTHING, open: () => open() },
  };
  const app = express();
  app.use(async (request, response) => {
    await sendDownload(route, request, response, CALLER, gate).catch(() => response.destroy());
  });
  server = app.listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((done) => server.close(done));
});

const ask = (init: RequestInit = {}) =>
  fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`, init);

async function* pieces(count: number, failsAt = Number.POSITIVE_INFINITY): AsyncGenerator<Uint8Array> {
  for (let n = 0; n < count; n++) {
    if (n === failsAt) throw new Error('the disk is gone');
    yield new Uint8Array(65_536);
  }
}

it('a file comes whole, with its name made harmless', async () => {
  open = async () => ({
    ...{ contentType: 'application/zip', content: pieces(20), bytes: 20 * 65_536 },
    fileName: 'I1"; filename="../../x\r\nSet-Cookie: a.zip',
  });
  const response = await ask();
  expect(response.headers.get('content-disposition')).toBe(
    'attachment; filename="I1___filename__.._.._x__Set-Cookie__a.zip"',
  );
  expect(response.headers.get('content-length')).toBe(String(20 * 65_536));
  expect((await response.arrayBuffer()).byteLength).toBe(20 * 65_536);
});

it('one that breaks off is not taken for a whole one', async () => {
  open = async () => ({ contentType: 'application/zip', content: pieces(20, 10) });
  const response = await ask();
  await expect(response.arrayBuffer()).rejects.toThrow();
});

it('its head comes without it', async () => {
  open = async () => ({ contentType: 'application/zip', content: new Uint8Array(9) });
  const response = await ask({ method: 'HEAD' });
  expect([response.status, response.headers.get('content-length')]).toEqual([200, '9']);
});

it('who takes nothing is cut, and gives the place back', async () => {
  let ended = () => {};
  const over = new Promise<void>((done) => {
    ended = done;
  });
  open = async () => ({
    contentType: 'application/zip',
    content: (async function* () {
      try {
        yield* pieces(10_000);
      } finally {
        ended();
      }
    })(),
  });
  const response = await ask();
  await over;
  await expect(response.arrayBuffer()).rejects.toThrow();
  for (let n = 0; n < 16; n++) gate.enter(CALLER);
});
