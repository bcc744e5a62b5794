/** The token that a command was given is in nothing that it writes, whatever goes wrong. */
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { ServedApi } from '../api/served-api.ts';
import { penstock } from './penstock.ts';

const MARKED = `pst_${'marked'.repeat(7)}x`;

let api: ServedApi;
beforeAll(async () => {
  api = await ServedApi.start();
});
afterAll(() => api[Symbol.asyncDispose]());

/** A daemon that is none. @returns its URL */
async function impostor(listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const COMMANDS = [
  ['status'],
  ['status', '--json'],
  ['approve', 'D1'],
  ['events'],
  ['doctor'],
  ['incidents', MARKED],
];

it.each<[string, () => string | Promise<string>, string]>([
  ['is not valid', () => api.url, MARKED],
  ['cannot be sent in a header', () => api.url, `${MARKED}\n${MARKED}`],
  ['stands where the URL should', () => MARKED, MARKED],
  ['would go over the network in clear', () => 'http://penstock.example:8731', MARKED],
  ['reaches nobody', () => 'http://127.0.0.1:1', MARKED],
  ['is in the URL', () => `http://x:${MARKED}@127.0.0.1:1`, MARKED],
  [
    'comes back in a redirection',
    () => impostor((_, response) => void response.writeHead(302, { Location: `/?${MARKED}` }).end(MARKED)),
    MARKED,
  ],
  ['meets a connection that is cut', () => impostor((request) => void request.socket.destroy()), MARKED],
])('a token that %s is not told', async (_, address, token) => {
  const url = await address();
  for (const args of COMMANDS) {
    const { code, out, err } = await penstock(args, { PENSTOCK_URL: url, PENSTOCK_TOKEN: token });
    expect(out + err, args.join(' ')).not.toContain(MARKED);
    if (args[0] !== 'doctor') expect(code).not.toBe(0);
  }
});
