/**
 * IP addresses as numbers, so that the hot path compares words and not strings.
 *
 * An address is four unsigned 32-bit words, most significant first. IPv4 lives in `d` alone:
 *
 *            a        b        c        d
 *   IPv6  2001:db8 0000:0000 0000:0000 0000:0001
 *   IPv4     0        0        0     203.0.113.9      family = 4
 *
 * `family` is always looked at: 0.0.0.1 and ::1 have the same words.
 */
import ipaddr from 'ipaddr.js';
import { AddressError } from './errors.ts';

export type Family = 4 | 6;

/** Read-only view; decoders refill one object in place, so copy (`copyAddress`) what you keep. */
export interface Address {
  readonly family: Family;
  readonly a: number;
  readonly b: number;
  readonly c: number;
  readonly d: number;
}

/** The writable twin of {@link Address}, for decoders. All words are unsigned 32-bit. */
export interface MutableAddress {
  family: Family;
  a: number;
  b: number;
  c: number;
  d: number;
}

/** A network: `address` has no bit set past `length` (0-32 or 0-128). */
export interface Prefix {
  readonly address: Address;
  readonly length: number;
}

export function mutableAddress(): MutableAddress {
  return { family: 4, a: 0, b: 0, c: 0, d: 0 };
}

export function copyAddress(from: Address): Address {
  return { family: from.family, a: from.a, b: from.b, c: from.c, d: from.d };
}

export function ipv4(word: number): Address {
  return { family: 4, a: 0, b: 0, c: 0, d: word >>> 0 };
}

export function ipv6(a: number, b: number, c: number, d: number): Address {
  return { family: 6, a: a >>> 0, b: b >>> 0, c: c >>> 0, d: d >>> 0 };
}

export function sameAddress(x: Address, y: Address): boolean {
  return x.d === y.d && x.family === y.family && x.c === y.c && x.b === y.b && x.a === y.a;
}

/** Total order: IPv4 before IPv6, then by value. */
export function compareAddresses(x: Address, y: Address): number {
  return x.family - y.family || x.a - y.a || x.b - y.b || x.c - y.c || x.d - y.d;
}

/** Bits in an address of this family. */
export function addressBits(family: Family): 32 | 128 {
  return family === 4 ? 32 : 128;
}

const [DOT, ZERO, NINE] = [0x2e, 0x30, 0x39];

/**
 * Parse one address, strictly: dotted quad without leading zeros (RFC 6943 section 3.1.1), IPv6 as RFC 4291
 * section 2.2 text without zone id. IPv4-mapped IPv6 (`::ffff:a.b.c.d`) is refused: on the wire it is IPv4, and
 * taking it for IPv6 would make a rule that never matches.
 * @throws AddressError saying what is wrong and what would be right
 */
export function parseAddress(text: string): Address {
  const word = dottedQuad(text);
  if (word >= 0) return ipv4(word);
  if (text.includes('%')) {
    throw new AddressError(
      text,
      'an address with a zone id, which names an interface of one machine',
      'leave out the part from %',
    );
  }
  if (/^[0-9.]+$/.test(text)) {
    throw new AddressError(text, 'not a dotted quad', 'four decimal numbers 0-255 without leading zeros');
  }
  if (text.length > 45 || !ipaddr.IPv6.isValid(text) || !hasPlainTail(text)) {
    throw new AddressError(text, 'not an IP address', 'for example 192.0.2.1 or 2001:db8::1');
  }
  const parsed = ipaddr.IPv6.parse(text);
  if (parsed.isIPv4MappedAddress()) {
    throw new AddressError(text, 'an IPv4-mapped IPv6 address', `write ${parsed.toIPv4Address()}`);
  }
  return fromBytes(parsed.toByteArray());
}

/**
 * The word of a dotted quad without leading zeros; -1 for other text. By hand, for lists of a million are read with it:
 * the library's takes six times as long.
 */
function dottedQuad(text: string): number {
  let [word, octet, dots] = [0, -1, 0];
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === DOT && octet >= 0 && dots < 3) {
      word = word * 256 + octet;
      octet = -1;
      dots += 1;
    } else if (code >= ZERO && code <= NINE && octet !== 0) {
      octet = Math.max(octet, 0) * 10 + code - ZERO;
      if (octet > 255) return -1;
    } else return -1;
  }
  return dots === 3 && octet >= 0 ? word * 256 + octet : -1;
}

/** The library takes octal and hexadecimal numbers in an embedded dotted quad (RFC 4291 section 2.2, form 3). */
function hasPlainTail(text: string): boolean {
  return !text.includes('.') || dottedQuad(text.slice(text.lastIndexOf(':') + 1)) >= 0;
}

/** From 4 or 16 bytes in network order. */
export function fromBytes(bytes: ArrayLike<number>): Address {
  const word = (i: number) =>
    ((bytes[i] << 24) | (bytes[i + 1] << 16) | (bytes[i + 2] << 8) | bytes[i + 3]) >>> 0;
  return bytes.length === 4 ? ipv4(word(0)) : ipv6(word(0), word(4), word(8), word(12));
}

/** 4 or 16 bytes in network order. */
export function toBytes(address: Address): number[] {
  const { family, a, b, c, d } = address;
  return family === 4 ? wordBytes(d) : [...wordBytes(a), ...wordBytes(b), ...wordBytes(c), ...wordBytes(d)];
}

function wordBytes(word: number): number[] {
  return [word >>> 24, (word >>> 16) & 255, (word >>> 8) & 255, word & 255];
}

/** Canonical text: dotted quad, or RFC 5952 for IPv6. Equal addresses give equal text. */
export function formatAddress(address: Address): string {
  const { d } = address;
  if (address.family === 4) return `${d >>> 24}.${(d >>> 16) & 255}.${(d >>> 8) & 255}.${d & 255}`;
  return new ipaddr.IPv6(toBytes(address)).toRFC5952String();
}
