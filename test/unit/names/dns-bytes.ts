/** DNS messages and the packets around them, byte by byte. */
import { type Answer, encode, type Packet, type Question, RECURSION_DESIRED } from 'dns-packet';
import { parseAddress, toBytes } from '../../../src/address/address.ts';
import { TCP, UDP } from '../../../src/names/packet.ts';

type Asked = { name: string; type: string };

/** dns-packet encodes types by name that its declarations do not list, such as UNKNOWN_65. */
export function record(name: string, type: string, data: unknown, ttl = 60): Answer {
  return { name, type, ttl, class: 'IN', data } as unknown as Answer;
}

export function query(id: number, { name, type }: Asked): Uint8Array {
  const questions = [{ name, type, class: 'IN' } as Question];
  return encode({ type: 'query', id, flags: RECURSION_DESIRED, questions });
}

export function answer(
  id: number,
  { name, type }: Asked,
  answers: Answer[],
  more: Partial<Packet> = {},
): Uint8Array {
  const questions = [{ name, type, class: 'IN' } as Question];
  return encode({ type: 'response', id, flags: RECURSION_DESIRED, questions, answers, ...more });
}

/** A name as labels, not compressed. */
export function labels(name: string): number[] {
  const parts = name === '' ? [] : name.split('.');
  return [...parts.flatMap((part) => [part.length, ...Buffer.from(part)]), 0];
}

export function parameter(key: number, value: readonly number[]): number[] {
  return [key >> 8, key & 255, value.length >> 8, value.length & 255, ...value];
}

export interface Ends {
  source: string;
  sourcePort: number;
  destination: string;
  destinationPort: number;
}

export function udpPacket(ends: Ends, data: Uint8Array): Uint8Array {
  const length = data.length + 8;
  return ipPacket(ends, UDP, [...ports(ends), length >> 8, length & 255, 0, 0, ...data]);
}

export function tcpPacket(ends: Ends, sequence: number, flags: number, data: Uint8Array): Uint8Array {
  const number = [sequence >>> 24, (sequence >>> 16) & 255, (sequence >>> 8) & 255, sequence & 255];
  return ipPacket(ends, TCP, [...ports(ends), ...number, 0, 0, 0, 0, 0x50, flags, 1, 0, 0, 0, 0, 0, ...data]);
}

function ports({ sourcePort, destinationPort }: Ends): number[] {
  return [sourcePort >> 8, sourcePort & 255, destinationPort >> 8, destinationPort & 255];
}

export function ipPacket({ source, destination }: Ends, protocol: number, data: number[]): Uint8Array {
  const [from, to] = [toBytes(parseAddress(source)), toBytes(parseAddress(destination))];
  if (from.length === 4) {
    const total = 20 + data.length;
    const header = [0x45, 0, total >> 8, total & 255, 0, 0, 0, 0, 64, protocol, 0, 0];
    return Uint8Array.from([...header, ...from, ...to, ...data]);
  }
  const header = [0x60, 0, 0, 0, data.length >> 8, data.length & 255, protocol, 64];
  return Uint8Array.from([...header, ...from, ...to, ...data]);
}
