/** The text of one entry: an address, a network in CIDR notation, or a range with both ends included. */
import {
  type Address,
  addressBits,
  compareAddresses,
  fromBytes,
  type Prefix,
  parseAddress,
  toBytes,
} from '../../address/address.ts';
import { AddressError } from '../../address/errors.ts';
import { parsePrefix } from '../../address/prefix.ts';

/** @throws AddressError */
export function parseNetworks(text: string): Prefix[] {
  const dash = text.indexOf('-');
  if (dash < 0) return [parsePrefix(text)];
  const first = parseAddress(text.slice(0, dash).trim());
  const last = parseAddress(text.slice(dash + 1).trim());
  if (first.family !== last.family) {
    throw new AddressError(text, 'a range from one family to the other', 'two addresses of one family');
  }
  if (compareAddresses(first, last) > 0) {
    throw new AddressError(text, 'a range that ends before it begins', 'the lower address first');
  }
  return rangePrefixes(first, last);
}

/**
 * The fewest networks that hold a range and nothing else: at each step the largest that begins here and fits.
 *
 *   192.0.2.3 - 192.0.2.10      .3/32 .4/30 .8/31 .10/32
 */
export function rangePrefixes(first: Address, last: Address): Prefix[] {
  const bits = addressBits(first.family);
  const end = numberOf(last);
  const prefixes: Prefix[] = [];
  for (let start = numberOf(first); start <= end; ) {
    let host = alignment(start, bits);
    while (start + (1n << BigInt(host)) - 1n > end) host -= 1;
    prefixes.push({ address: addressOf(start, bits), length: bits - host });
    start += 1n << BigInt(host);
  }
  return prefixes;
}

/** Zero bits at the end. */
function alignment(value: bigint, bits: number): number {
  let zeros = 0;
  while (zeros < bits && (value & (1n << BigInt(zeros))) === 0n) zeros += 1;
  return zeros;
}

function numberOf(address: Address): bigint {
  return BigInt(`0x${Buffer.from(toBytes(address)).toString('hex')}`);
}

function addressOf(value: bigint, bits: number): Address {
  return fromBytes(Buffer.from(value.toString(16).padStart(bits / 4, '0'), 'hex'));
}
