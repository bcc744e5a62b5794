/**
 * A server that answers each question with lies, all of which name one address: `node dns-liar.ts OWN ADDRESS`
 * Another id; another name; the right name and id, but truncated; an alias that leads round in a circle.
 */
import { createSocket } from 'node:dgram';
import { isIPv6 } from 'node:net';
import { decode } from 'dns-packet';
import { answer, record } from '../unit/names/dns-bytes.ts';

const [own, address] = process.argv.slice(2);
const socket = createSocket(isIPv6(own) ? 'udp6' : 'udp4');
/** Of the lie, whatever was asked for. */
const lying = isIPv6(address) ? 'AAAA' : 'A';
socket.on('message', (bytes, from) => {
  const { id = 0, questions = [] } = decode(bytes);
  const [{ name, type }] = questions;
  const asked = { name, type };
  const here = record(name, lying, address, 600);
  const other = { name: 'mirror.example.org', type };
  const round = [record(name, 'CNAME', other.name), record(other.name, 'CNAME', name), here];
  const truncated = answer(id, asked, [here]);
  truncated[2] |= 2;
  const lies = [
    answer((id + 1) & 0xffff, asked, [here]),
    answer(id, other, [record(other.name, lying, address, 600)]),
    // The first with the right id and name is the answer; what comes behind it nobody asked for.
    name.startsWith('round') ? answer(id, asked, round) : truncated,
    answer(id, asked, [here]),
  ];
  for (const lie of lies) socket.send(lie, from.port, from.address);
});
socket.bind(53, own);
