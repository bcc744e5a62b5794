/**
 * Sends without pause, on a socket of its own in the gateway's namespace: packets of new connections and of standing
 * ones, as many to where both policies allow it as to where neither does.
 */
import { createSocket, type Socket } from 'node:dgram';
import { parentPort, workerData } from 'node:worker_threads';
import { enterNamespace } from '../../namespaces/thread.ts';

const { namespace, both, neither } = workerData;
enterNamespace(namespace);
const PER_ROUND = 8;
let sent = 0;
let stopped = false;
parentPort?.on('message', () => {
  stopped = true;
});

function say(socket: Socket, { address, port }: { address: string; port: number }): Promise<void> {
  return new Promise((resolve) => {
    // What is refused on its way out says so.
    socket.send('x', port, address, () => resolve());
  });
}

const standing = createSocket('udp4');
for (let round = 0; !stopped; round++) {
  const fresh = createSocket('udp4');
  for (let i = 0; i < PER_ROUND; i++) {
    const socket = i === 0 ? fresh : standing;
    await Promise.all([say(socket, both), say(socket, neither)]);
    sent += 1;
  }
  fresh.close();
  if (round === 0) parentPort?.postMessage('going');
  await new Promise((resolve) => setImmediate(resolve));
}
standing.close();
parentPort?.postMessage({ sent });
