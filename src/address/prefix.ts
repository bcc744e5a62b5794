/** Networks in CIDR notation (RFC 4632, RFC 4291 section 2.3). */
import {
  type Address,
  addressBits,
  compareAddresses,
  formatAddress,
  ipv4,
  ipv6,
  type Prefix,
  parseAddress,
  sameAddress,
} from './address.ts';
import { AddressError } from './errors.ts';

/** The high `bits` (0-32) of a word set. */
function wordMask(bits: number): number {
  if (bits <= 0) return 0;
  return bits >= 32 ? 0xffffffff : (0xffffffff << (32 - bits)) >>> 0;
}

/** `address` with every bit past `length` cleared. */
export function maskAddress(address: Address, length: number): Address {
  if (address.family === 4) return ipv4(address.d & wordMask(length));
  const { a, b, c, d } = address;
  return ipv6(
    a & wordMask(length),
    b & wordMask(length - 32),
    c & wordMask(length - 64),
    d & wordMask(length - 96),
  );
}

/** `address` with every bit past `length` set: the last address of the network. */
export function lastAddress({ address, length }: Prefix): Address {
  const fill = (w: number, bits: number) => (w | ~wordMask(bits)) >>> 0;
  const { a, b, c, d } = address;
  if (address.family === 4) return ipv4(fill(d, length));
  return ipv6(fill(a, length), fill(b, length - 32), fill(c, length - 64), fill(d, length - 96));
}

/** The network of one address: /32 or /128. */
export function hostPrefix(address: Address): Prefix {
  return { address, length: addressBits(address.family) };
}

/**
 * Parse `ADDRESS/LENGTH`, or a bare address as a network of one. Host bits must be zero, so that a typing error
 * does not silently become a wider or another network.
 * @throws AddressError
 */
export function parsePrefix(text: string): Prefix {
  const slash = text.indexOf('/');
  if (slash < 0) return hostPrefix(parseAddress(text));
  const address = parseAddress(text.slice(0, slash));
  const digits = text.slice(slash + 1);
  const length = Number(digits);
  const most = addressBits(address.family);
  // Written as it would be written back: no sign, no leading zeros, no other notation. (No regular expression: a block
  // that is on its way into the kernel comes by here.)
  if (String(length) !== digits || !Number.isInteger(length) || length < 0 || length > most) {
    throw new AddressError(
      text,
      'a prefix with a bad length',
      `a length from 0 to ${most} without leading zeros`,
    );
  }
  const network = maskAddress(address, length);
  if (!sameAddress(network, address)) {
    throw new AddressError(text, 'a prefix with host bits set', `${formatAddress(network)}/${length}`);
  }
  return { address, length };
}

/** Canonical text; always with a length. */
export function formatPrefix({ address, length }: Prefix): string {
  return `${formatAddress(address)}/${length}`;
}

export function prefixContains({ address, length }: Prefix, candidate: Address): boolean {
  if (candidate.family !== address.family) return false;
  if (address.family === 4) return isSame(candidate.d, address.d, length);
  return (
    isSame(candidate.a, address.a, length) &&
    isSame(candidate.b, address.b, length - 32) &&
    isSame(candidate.c, address.c, length - 64) &&
    isSame(candidate.d, address.d, length - 96)
  );
}

/** In the high `bits`; none when that is no more than 0. */
function isSame(x: number, y: number, bits: number): boolean {
  return ((x ^ y) & wordMask(bits)) === 0;
}

/** Total order: by network address, wider first. */
export function comparePrefixes(x: Prefix, y: Prefix): number {
  return compareAddresses(x.address, y.address) || x.length - y.length;
}
