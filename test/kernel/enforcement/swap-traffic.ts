/**
 * Sends without pause, on sockets of its own in the gateway's namespace: packets of new connections and of standing
 * ones, as many to where both policies allow it as to where neither does, over IPv4 and IPv6.
 */
import { createSocket, type Socket } from 'node:dgram';
import { parentPort, workerData } from 'node:worker_threads';
import { enterNamespace } from '../../namespaces/thread.ts';

interface End {
  readonly address: string;
  readonly port: number;
}
interface Order {
  readonly namespace: string;
  /** By family. */
  readonly both: readonly End[];
  readonly neither: readonly End[];
  /** One number: packets that came out at the other end. */
  readonly arrived: Int32Array;
}
const { namespace, both, neither, arrived }: Order = workerData;
enterNamespace(namespace);
const PER_ROUND = 8;
/** No more are on their way than the other end's queue holds, or it would be the queue that loses them. */
const MOST_ON_THEIR_WAY = 5_000;
let sent = 0;
let stopped = false;
parentPort?.on('message', () => {
  stopped = true;
});

/** One a family. */
const sockets = () => [createSocket('udp4'), createSocket('udp6')];

async function say(from: Socket[], ends: readonly End[]): Promise<void> {
  const said = ends.map(
    // What is refused on its way out says so.
    ({ address, port }, i) =>
      new Promise<void>((resolve) => from[i].send('x', port, address, () => resolve())),
  );
  await Promise.all(said);
}

const standing = sockets();
for (let round = 0; !stopped; round++) {
  const fresh = sockets();
  for (let i = 0; i < PER_ROUND; i++) {
    const from = i === 0 ? fresh : standing;
    await Promise.all([say(from, both), say(from, neither)]);
    sent += both.length;
  }
  for (const socket of fresh) socket.close();
  if (round === 0) parentPort?.postMessage('going');
  do await new Promise((resolve) => setImmediate(resolve));
  while (!stopped && sent - Atomics.load(arrived, 0) > MOST_ON_THEIR_WAY);
}
for (const socket of standing) socket.close();
parentPort?.postMessage({ sent });
