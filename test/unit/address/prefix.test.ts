import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Address,
  addressBits,
  compareAddresses,
  formatAddress,
  type Prefix,
  parseAddress,
  toBytes,
} from '../../../src/address/address.ts';
import { AddressError } from '../../../src/address/errors.ts';
import {
  comparePrefixes,
  formatPrefix,
  hostPrefix,
  lastAddress,
  maskAddress,
  parsePrefix,
  prefixContains,
} from '../../../src/address/prefix.ts';
import { address, isMapped } from './arbitrary.ts';

/** The bits of an address as text: the naive model. */
function bits(each: Address): string {
  return toBytes(each)
    .map((byte) => byte.toString(2).padStart(8, '0'))
    .join('');
}

const prefix: fc.Arbitrary<Prefix> = address.chain((each) =>
  fc
    .oneof(fc.integer({ min: 0, max: addressBits(each.family) }), fc.constantFrom(0, 1, 31, 32))
    .map((length) => ({ address: maskAddress(each, length), length })),
);

describe('text to prefix', () => {
  it.each([
    ['10.0.0.0/8', '10.0.0.0/8'],
    ['0.0.0.0/0', '0.0.0.0/0'],
    ['192.0.2.1', '192.0.2.1/32'],
    ['192.0.2.1/32', '192.0.2.1/32'],
    ['2001:DB8::/32', '2001:db8::/32'],
    ['::/0', '::/0'],
    ['2001:db8::1', '2001:db8::1/128'],
    ['2001:db8:0:0:8000::/65', '2001:db8:0:0:8000::/65'],
  ])('%s is %s', (text, canonical) => {
    expect(formatPrefix(parsePrefix(text))).toBe(canonical);
  });

  it.each([
    '',
    '/',
    '/8',
    '10.0.0.0/',
    '10.0.0.0/33',
    '10.0.0.0/08',
    '10.0.0.0/+8',
    '10.0.0.0/-1',
    '10.0.0.0/8.0',
    '10.0.0.0/1e1',
    '10.0.0.0/ 8',
    '10.0.0.0/8/8',
    '10.0.0.0/255.0.0.0',
    '10/8',
    '::/129',
    '::/999999999999999999999',
    '::ffff:0:0/96',
    'fe80::%eth0/64',
  ])('refuses %j', (text) => {
    expect(() => parsePrefix(text)).toThrow(AddressError);
  });

  it.each([
    ['10.1.2.3/8', '10.0.0.0/8'],
    ['192.0.2.129/25', '192.0.2.128/25'],
    ['2001:db8::1/64', '2001:db8::/64'],
    ['10.0.0.0/33', 'a length from 0 to 32'],
    ['::/129', 'a length from 0 to 128'],
  ])('says what would be right for %s', (text, words) => {
    expect(() => parsePrefix(text)).toThrow(words);
  });

  it('reads back what was written', () => {
    fc.assert(
      fc.property(
        prefix.filter((each) => !isMapped(each.address)),
        (each) => {
          expect(parsePrefix(formatPrefix(each))).toEqual(each);
        },
      ),
    );
  });
});

describe('the network', () => {
  it('has the bits of its length and zeros, and ends with ones', () => {
    fc.assert(
      fc.property(address, fc.nat(128), (each, any) => {
        const length = any % (addressBits(each.family) + 1);
        const kept = bits(each).slice(0, length);
        const network = { address: maskAddress(each, length), length };
        expect(bits(network.address)).toBe(kept.padEnd(addressBits(each.family), '0'));
        expect(bits(lastAddress(network))).toBe(kept.padEnd(addressBits(each.family), '1'));
      }),
      { numRuns: 1_000 },
    );
  });

  it('holds the addresses with its bits and no others', () => {
    fc.assert(
      fc.property(prefix, address, fc.boolean(), (network, other, near) => {
        const { length } = network;
        const shares = near && other.family === network.address.family;
        const candidate = shares ? flip(network.address, length - 1) : other;
        const expected =
          candidate.family === network.address.family &&
          bits(candidate).slice(0, length) === bits(network.address).slice(0, length);
        expect(prefixContains(network, candidate)).toBe(expected);
        expect(prefixContains(network, network.address)).toBe(true);
        expect(prefixContains(network, lastAddress(network))).toBe(true);
      }),
      { numRuns: 1_000 },
    );
  });

  it('of one address holds that one only', () => {
    expect(formatPrefix(hostPrefix(parseAddress('192.0.2.1')))).toBe('192.0.2.1/32');
    expect(prefixContains(hostPrefix(parseAddress('::1')), parseAddress('0.0.0.1'))).toBe(false);
  });

  it('sorts by address, the wider first', () => {
    const texts = ['10.0.0.0/8', '10.0.0.0/16', '10.1.0.0/16', '::/0', '2001:db8::/32'];
    const sorted = texts.map(parsePrefix).toReversed().toSorted(comparePrefixes);
    expect(sorted.map(formatPrefix)).toEqual(texts);
  });

  it('lies between its first and its last address', () => {
    fc.assert(
      fc.property(prefix, (each) => {
        expect(compareAddresses(each.address, lastAddress(each))).toBeLessThanOrEqual(0);
      }),
    );
  });
});

/** With one bit the other way; `at` -1 changes nothing. */
function flip(each: Address, at: number): Address {
  if (at < 0) return each;
  const all = bits(each);
  const flipped = `${all.slice(0, at)}${all[at] === '0' ? '1' : '0'}${all.slice(at + 1)}`;
  const groups = flipped.match(each.family === 4 ? /.{8}/g : /.{16}/g) ?? [];
  const numbers = groups.map((group) => Number.parseInt(group, 2));
  const text = each.family === 4 ? numbers.join('.') : numbers.map((number) => number.toString(16)).join(':');
  return text.startsWith('0:0:0:0:0:ffff:') ? each : parseAddress(text);
}

it('names an address as its text does', () => {
  expect(formatAddress(flip(parseAddress('192.0.2.0'), 31))).toBe('192.0.2.1');
});
