/**
 * Receivers of alerts that are out of order, until killed: HTTP on a port of the kernel's choice, which is printed, that
 * answers 500 or never; syslog on the next port, which is killed twice a second.
 */
import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, createServer, type Socket } from 'node:net';

const RESTART_MS = 500;

const http = createHttpServer((request, response) => {
  request.resume();
  if (request.url === '/error') response.writeHead(500).end('out of order');
}).listen(0, '127.0.0.1');
await once(http, 'listening');
const { port } = http.address() as AddressInfo;

const sockets = new Set<Socket>();
const syslog = createServer((socket) => {
  sockets.add(socket);
  socket.on('error', () => {});
  socket.on('close', () => sockets.delete(socket));
  socket.resume();
}).listen(port + 1, '127.0.0.1');
await once(syslog, 'listening');
setInterval(() => {
  for (const socket of sockets) socket.resetAndDestroy();
}, RESTART_MS);

process.stdout.write(`${port}\n`);
