/**
 * Asks for names, one after the other, and connects to each address at once:
 *
 *   node names-client.ts WATCHED UNWATCHED COUNT [connect]
 *
 * Each question goes to a resolver whose answers pass the daemon and to one whose answers do not, so that both are
 * measured under the same load. Prints milliseconds of both, sorted, and connections that were not let through.
 */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect } from 'node:net';
import { decode } from 'dns-packet';
import { query } from '../unit/names/dns-bytes.ts';

const [watched, unwatched, count, doConnect] = process.argv.slice(2);
const socket = createSocket('udp4');
socket.bind(0);
await once(socket, 'listening');

async function ask(resolver: string, n: number): Promise<{ ms: number; address: string }> {
  const startedAt = performance.now();
  socket.send(query(n & 0xffff, { name: `n${n}.cdn.example`, type: 'A' }), 53, resolver);
  const [bytes] = await once(socket, 'message', { signal: AbortSignal.timeout(5_000) });
  const ms = performance.now() - startedAt;
  const [found] = decode(bytes).answers ?? [];
  return { ms, address: String('data' in found ? found.data : '') };
}

function reach(address: string): Promise<boolean> {
  return new Promise((done) => {
    const peer = connect({ host: address, port: 80, timeout: 900 });
    const end = (reached: boolean) => {
      peer.destroy();
      done(reached);
    };
    peer.once('connect', () => end(true));
    peer.once('error', () => end(false));
    peer.once('timeout', () => end(false));
  });
}

const times = { watched: [] as number[], unwatched: [] as number[] };
let refused = 0;
for (let n = 0; n < Number(count); n++) {
  if (doConnect !== 'connect') times.unwatched.push((await ask(unwatched, n)).ms);
  const { ms, address } = await ask(watched, n);
  times.watched.push(ms);
  if (doConnect === 'connect' && !(await reach(address))) refused += 1;
}
console.log(JSON.stringify({ ...times, refused }));
socket.close();
