/** Types of set keys, as far as this package reads and writes their values. */
import { isIPv4, isIPv6, SocketAddress } from 'node:net';
import { HOST_LITTLE_ENDIAN } from 'node-netlink';
import { NftablesError } from '../errors.ts';

/** A value as nft lists it: addresses and interface names are text, the rest numbers. */
export type FieldValue = string | number;

export interface FieldType {
  /** Before padding. */
  readonly bytes: number;
  /** @throws NftablesError NFTABLES_INVALID */
  encode(value: FieldValue): Uint8Array;
  decode(bytes: Uint8Array): FieldValue;
}

/** Names that nft and people write; others as numbers. */
const PROTOCOLS: ReadonlyMap<FieldValue, number> = new Map([
  ['icmp', 1],
  ['tcp', 6],
  ['udp', 17],
  ['gre', 47],
  ['esp', 50],
  ['ah', 51],
  ['icmpv6', 58],
  ['ipv6-icmp', 58],
  ['sctp', 132],
  ['udplite', 136],
]);
const NF_PROTOCOLS: ReadonlyMap<FieldValue, number> = new Map([
  ['ipv4', 2],
  ['ipv6', 10],
]);
const NF_PROTOCOL_NAMES = new Map([...NF_PROTOCOLS].map(([name, number]) => [number, name]));
const IFNAME_BYTES = 16;

export const FIELD_TYPES: Readonly<Record<string, FieldType>> = {
  ipv4_addr: { bytes: 4, encode: encodeIpv4, decode: (bytes) => bytes.join('.') },
  ipv6_addr: { bytes: 16, encode: encodeIpv6, decode: decodeIpv6 },
  ether_addr: { bytes: 6, encode: encodeEther, decode: decodeEther },
  inet_service: unsigned('inet_service', 2),
  inet_proto: {
    ...unsigned('inet_proto', 1),
    encode: (value) => unsigned('inet_proto', 1).encode(PROTOCOLS.get(value) ?? value),
  },
  /** NFPROTO_*: 2 is IPv4, 10 is IPv6. nft lists names: `ipv4`, `ipv6`. */
  nf_proto: {
    ...unsigned('nf_proto', 1),
    encode: (value) => unsigned('nf_proto', 1).encode(NF_PROTOCOLS.get(value) ?? value),
    decode: ([digit]) => NF_PROTOCOL_NAMES.get(digit) ?? digit,
  },
  mark: unsigned('mark', 4, HOST_LITTLE_ENDIAN),
  ifname: { bytes: IFNAME_BYTES, encode: encodeInterfaceName, decode: decodeInterfaceName },
};

/** @throws NftablesError NFTABLES_INVALID for a type that is not here */
export function fieldType(name: string): FieldType {
  const type = Object.hasOwn(FIELD_TYPES, name) ? FIELD_TYPES[name] : undefined;
  if (type === undefined) throw invalid(name, 'a known type of set keys');
  return type;
}

/** Network order, except for marks, which the kernel keeps as the machine does. */
function unsigned(name: string, bytes: number, littleEndian = false): FieldType {
  const order = (digits: Uint8Array) => (littleEndian ? digits.toReversed() : digits);
  return {
    bytes,
    encode: (value) => {
      if (typeof value !== 'number' || !Number.isInteger(value) || value < 0 || value >= 2 ** (8 * bytes)) {
        throw invalid(value, `a number of type ${name}`);
      }
      return order(Uint8Array.from({ length: bytes }, (_, i) => value >>> (8 * (bytes - 1 - i))));
    },
    decode: (digits) => order(digits).reduce((sum, digit) => sum * 256 + digit, 0),
  };
}

function encodeIpv4(value: FieldValue): Uint8Array {
  if (typeof value !== 'string' || !isIPv4(value)) throw invalid(value, 'an IPv4 address');
  return Uint8Array.from(value.split('.'), Number);
}

function encodeIpv6(value: FieldValue): Uint8Array {
  if (typeof value !== 'string' || !isIPv6(value) || value.includes('%')) {
    throw invalid(value, 'an IPv6 address');
  }
  const [head, tail] = value.split('::').map(ipv6Groups);
  const zeros = tail === undefined ? [] : Array<number>(8 - head.length - tail.length).fill(0);
  return Uint8Array.from([...head, ...zeros, ...(tail ?? [])].flatMap((group) => [group >> 8, group & 255]));
}

/** The 16-bit groups of one side of `::`; a dotted quad is two of them. */
function ipv6Groups(side: string): number[] {
  if (side === '') return [];
  return side.split(':').flatMap((group) => {
    if (!group.includes('.')) return [Number.parseInt(group, 16)];
    const [a, b, c, d] = group.split('.').map(Number);
    return [a * 256 + b, c * 256 + d];
  });
}

/** As inet_ntop(3) writes it, which nft uses too. */
function decodeIpv6(bytes: Uint8Array): string {
  const groups = Array.from({ length: 8 }, (_, i) => (bytes[2 * i] * 256 + bytes[2 * i + 1]).toString(16));
  return new SocketAddress({ family: 'ipv6', address: groups.join(':') }).address;
}

const ETHER = /^[0-9a-f]{2}(?::[0-9a-f]{2}){5}$/i;

function encodeEther(value: FieldValue): Uint8Array {
  if (typeof value !== 'string' || !ETHER.test(value))
    throw invalid(value, 'a link-layer address of six bytes');
  return Uint8Array.from(value.split(':'), (pair) => Number.parseInt(pair, 16));
}

function decodeEther(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(':');
}

function encodeInterfaceName(value: FieldValue): Uint8Array {
  const text = Buffer.from(String(value));
  if (typeof value !== 'string' || text.length === 0 || text.length >= IFNAME_BYTES || text.includes(0)) {
    throw invalid(value, 'an interface name of 1 to 15 bytes');
  }
  const bytes = new Uint8Array(IFNAME_BYTES);
  bytes.set(text);
  return bytes;
}

function decodeInterfaceName(bytes: Uint8Array): string {
  const nul = bytes.indexOf(0);
  return Buffer.from(nul < 0 ? bytes : bytes.subarray(0, nul)).toString('utf8');
}

export function invalid(value: unknown, expected: string): NftablesError {
  const problem = `${JSON.stringify(value)?.slice(0, 100)} is not ${expected}`;
  return new NftablesError({ operation: 'encode key', code: 'NFTABLES_INVALID', problem });
}
