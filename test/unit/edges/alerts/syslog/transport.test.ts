import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { StreamTransport } from '../../../../../src/edges/alerts/syslog/stream-transport.ts';
import { UdpTransport } from '../../../../../src/edges/alerts/syslog/udp-transport.ts';
import { until } from '../../../../network/waiting.ts';

const never = new AbortController().signal;
const message = Buffer.from('<163>1 - - - - - - x');
const LARGE = Buffer.alloc(16 * 1024 * 1024, 'x');

async function listen(serve: (socket: Socket) => void): Promise<{ host: string; port: number }> {
  const sockets: Socket[] = [];
  const server = createServer({ pauseOnConnect: true }, (socket) => {
    sockets.push(socket);
    socket.on('error', () => {});
    serve(socket);
  }).listen(0, '127.0.0.1');
  onTestFinished(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  await once(server, 'listening');
  return { host: '127.0.0.1', port: (server.address() as AddressInfo).port };
}

function stream(endpoint: { host: string; port: number }, changes: object = {}) {
  const transport = new StreamTransport({
    endpoint,
    settleMs: 1,
    security: undefined,
    timeoutMs: 300,
    ...changes,
  });
  onTestFinished(() => void transport.close());
  return transport;
}

test('that nobody listens to UDP is told when the network tells', async () => {
  const socket = createSocket('udp4').bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const { port } = socket.address();
  socket.close();
  const transport = new UdpTransport({ host: '127.0.0.1', port });
  onTestFinished(() => void transport.close());
  const lost = new Promise<Error>((tell) => transport.watch(tell));
  await transport.send([message], never);
  expect((await lost).message).toBe('does not take messages: ECONNREFUSED');
  const back = createSocket('udp4').bind(port, '127.0.0.1');
  onTestFinished(() => void back.close());
  await once(back, 'listening');
  await transport.send([message], never);
  const [datagram] = await once(back, 'message');
  expect(datagram).toEqual(message);
});

test('a receiver that hangs is a failure once its buffers are full, not before', async () => {
  const transport = stream(await listen(() => {}));
  await transport.send([message], never);
  await expect(transport.send([LARGE], never)).rejects.toMatchObject({
    code: 'PENSTOCK_ALERT_UNDELIVERED',
    message: 'does not take messages: no answer in time',
  });
});

test('a receiver that accepts and says nothing in the handshake of TLS is a failure', async () => {
  const transport = stream(await listen(() => {}), { security: () => ({}) });
  await expect(transport.send([message], never)).rejects.toMatchObject({
    message: 'cannot be reached: no answer in time',
  });
});

test('a connection that the receiver closes is told, and made anew', async () => {
  const taken: Buffer[] = [];
  const endpoint = await listen((socket) => {
    socket.once('data', (chunk: Buffer) => {
      taken.push(chunk);
      socket.end();
    });
    socket.resume();
  });
  const transport = stream(endpoint, { timeoutMs: 5_000 });
  const lost = new Promise<Error>((tell) => transport.watch(tell));
  await transport.send([message, message], never);
  expect((await lost).message).toBe('connection lost: the receiver closed the connection');
  await transport.send([message], never);
  await until('both', () => taken.length === 2);
  expect(String(taken[0])).toBe(`20 ${message}20 ${message}`);
});

test.each([
  ['has read to the end', (socket: Socket) => void socket.resume(), true],
  ['has not', () => {}, false],
])('at the end a receiver that %s', async (_, serve, expected) => {
  const transport = stream(await listen(serve), { timeoutMs: 5_000 });
  await transport.send([message], never);
  expect(await transport.close()).toBe(expected);
});
