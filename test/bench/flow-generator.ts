/**
 * Sends UDP datagrams at a steady rate and ends by itself:
 *
 *   node flow-generator.ts RATE SECONDS BASE COUNT [PORT]
 *
 * BASE is an address as a number, COUNT how many from there take turns. Without PORT each datagram is a flow of its own,
 * as the ports 1024-65535 take turns too; they leave in bursts of a few milliseconds. With PORT the datagrams of an
 * address are one flow, and each leaves when it is due. RATE 0: as fast as this machine can.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { UdpSender } from './udp-sender.ts';

const FIRST_PORT = 1024;
const PORTS = 64_512;
const TICK_MS = 1;
const FLAT_OUT_BURST = 256;

const [rate, seconds, base, count, port] = process.argv.slice(2).map(Number);
const sender = new UdpSender();

let sent = 0;
function send(): void {
  sender.send(base + (sent % count), port ?? FIRST_PORT + (Math.floor(sent / count) % PORTS));
  sent += 1;
}

const start = performance.now();
const dueNow = () => (rate === 0 ? sent + FLAT_OUT_BURST : ((performance.now() - start) / 1000) * rate);
while (performance.now() - start < seconds * 1000) {
  const due = dueNow();
  while (sent < due) send();
  if (rate > 0 && port === undefined) await pause(TICK_MS);
}
process.stdout.write(`${JSON.stringify({ sent, seconds: (performance.now() - start) / 1000 })}\n`);
