/** `flood.ts FLOWS ADDRESS...`: that many UDP flows of one datagram each, as fast as they go, spread over addresses. */
import { createSocket } from 'node:dgram';

const [flows, ...addresses] = process.argv.slice(2);
const PORTS = 50_000;
const FIRST_PORT = 10_000;
const AT_ONCE = 200;

const socket = createSocket('udp4');

function send(number: number): Promise<void> {
  const port = FIRST_PORT + (number % PORTS);
  const address = addresses[Math.floor(number / PORTS) % addresses.length];
  // What the network refuses is as good as lost: the flow exists all the same.
  return new Promise((done) => socket.send('', port, address, () => done()));
}

for (let sent = 0; sent < Number(flows); sent += AT_ONCE) {
  await Promise.all(Array.from({ length: AT_ONCE }, (_, i) => send(sent + i)));
}
socket.close();
