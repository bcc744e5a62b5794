/** DNS for the measurement: `nN.cdn.example` is at 198.18.0.0 + N, whatever the type: `node names-server.ts OWN...` */
import { createSocket } from 'node:dgram';
import { decode } from 'dns-packet';
import { formatAddress, ipv4 } from '../../src/address/address.ts';
import { answer, record } from '../unit/names/dns-bytes.ts';

const BASE = (198 << 24) | (18 << 16);

for (const own of process.argv.slice(2)) {
  const socket = createSocket('udp4');
  socket.on('message', (bytes, from) => {
    const { id = 0, questions = [] } = decode(bytes);
    const [{ name, type }] = questions;
    const number = Number(/^n(\d+)\./.exec(name)?.[1] ?? 0);
    const here = record(name, 'A', formatAddress(ipv4(BASE + number)), 60);
    socket.send(answer(id, { name, type }, [here]), from.port, from.address);
  });
  socket.bind(53, own);
}
