/**
 * Sends one datagram from each of many addresses, as somebody does who makes up where he comes from, and ends:
 *
 *   node made-up-sources.ts FIRST COUNT DESTINATION PORT     COUNT addresses from FIRST
 *
 * The addresses must be local to the machine: `ip route add local PREFIX dev lo`.
 */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';

const [first, count, destination, port] = process.argv.slice(2);
const base = first.split('.').reduce((number, part) => number * 256 + Number(part), 0);
for (let number = base; number < base + Number(count); number += 1) {
  const address = [24, 16, 8, 0].map((shift) => (number >>> shift) & 255).join('.');
  const socket = createSocket('udp4');
  socket.bind(0, address);
  await once(socket, 'listening');
  await new Promise((sent) => socket.send('x', Number(port), destination, sent));
  socket.close();
}
