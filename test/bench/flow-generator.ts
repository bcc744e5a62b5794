/**
 * Makes new UDP flows at a steady rate, each one datagram to an address and port of its own, and ends by itself:
 *
 *   node flow-generator.ts RATE SECONDS BASE COUNT     BASE as a number; COUNT addresses from BASE, ports 1024-65535
 *
 * sendto(2) through koffi, because a socket of Node takes longer for one datagram than the kernel for one flow.
 */
import { setTimeout as pause } from 'node:timers/promises';
import koffi from 'koffi';

const AF_INET = 2;
const SOCK_DGRAM = 2;
const FIRST_PORT = 1024;
const PORTS = 64_512;
const TICK_MS = 5;

const libc = koffi.load('libc.so.6');
const socket: (family: number, type: number, protocol: number) => number =
  libc.func('int socket(int, int, int)');
const sendto: (
  fd: number,
  data: Uint8Array,
  size: number,
  flags: number,
  to: Uint8Array,
  length: number,
) => number = libc.func('long sendto(int, const uint8_t *, size_t, int, const uint8_t *, uint32_t)');

const [rate, seconds, base, count] = process.argv.slice(2).map(Number);
const fd = socket(AF_INET, SOCK_DGRAM, 0);
const payload = new Uint8Array(16);
// struct sockaddr_in: family 2, host order | port 2 | address 4 | zero 8
const to = new Uint8Array(16);
const view = new DataView(to.buffer);
view.setUint16(0, AF_INET, true);

let sent = 0;
function send(): void {
  view.setUint16(2, FIRST_PORT + (Math.floor(sent / count) % PORTS));
  view.setUint32(4, base + (sent % count));
  sendto(fd, payload, payload.length, 0, to, to.length);
  sent += 1;
}

const start = performance.now();
while (performance.now() - start < seconds * 1000) {
  const due = ((performance.now() - start) / 1000) * rate;
  while (sent < due) send();
  await pause(TICK_MS);
}
process.stdout.write(`${JSON.stringify({ sent, seconds: (performance.now() - start) / 1000 })}\n`);
