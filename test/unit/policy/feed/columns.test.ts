import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type Address,
  addressBits,
  formatAddress,
  fromBytes,
  ipv4,
  type Prefix,
  toBytes,
} from '../../../../src/address/address.ts';
import { comparePrefixes, formatPrefix, maskAddress, parsePrefix } from '../../../../src/address/prefix.ts';
import { findRange, firstOf, lastOf } from '../../../../src/address/ranges.ts';
import { DenyIndex } from '../../../../src/policy/matcher/deny-index.ts';
import { coveredShare, prefixesOf, samePrefixes } from '../../../../src/policy/prefix-columns.ts';
import { NO_PREFIXES, packPrefixes, withoutNested } from '../../../../src/policy/prefix-packing.ts';
import { address } from '../../address/arbitrary.ts';
import { within } from '../reference.ts';

/** Close together, so that networks meet, nest and touch; the ends of the address space among them. */
const near: fc.Arbitrary<Address> = fc.oneof(
  fc.integer({ min: 0, max: 15 }).map((low) => ipv4(0xc6336400 + low)),
  fc.integer({ min: 0, max: 3 }).map((low) => ipv4(0xfffffffc + low)),
  address,
);
const prefix = fc.tuple(near, fc.nat(128)).map(([of, at]): Prefix => {
  const length = Math.max(0, addressBits(of.family) - (at % 6 === 5 ? at : at % 6));
  return { address: maskAddress(of, length), length };
});
const list = fc.array(prefix, { maxLength: 12 });

function numberOf(bytes: Uint8Array): bigint {
  return BigInt(`0x${Buffer.from(bytes).toString('hex')}`);
}

describe('columns', () => {
  test('hold networks of both families in order, and give them back', () => {
    fc.assert(
      fc.property(list, (prefixes) => {
        const columns = packPrefixes(prefixes);
        expect(columns).toHaveLength(prefixes.length);
        expect([...prefixesOf(columns)].map(formatPrefix)).toEqual(
          prefixes.toSorted(comparePrefixes).map(formatPrefix),
        );
        expect(structuredClone(columns)).toEqual(columns);
      }),
    );
  });

  test('without nested networks hold the same addresses', () => {
    fc.assert(
      fc.property(list, near, (prefixes, of) => {
        const kept = [...prefixesOf(withoutNested(packPrefixes(prefixes)))];
        expect(kept.some((each) => within(each, of))).toBe(prefixes.some((each) => within(each, of)));
        const holders = (each: Prefix) => kept.filter((other) => within(other, each.address)).length;
        for (const each of kept) expect(holders(each)).toBe(1);
      }),
    );
  });

  test('grow past any first size', () => {
    const many = Array.from({ length: 1_000 }, (_, i) => ({ address: ipv4(999 - i), length: 32 }));
    expect([...prefixesOf(packPrefixes(many))].map(({ address: of }) => of.d)).toEqual(
      Array.from({ length: 1_000 }, (_, i) => i),
    );
  });

  test('are the same or not', () => {
    const [one, two] = ['198.51.100.0/24', '198.51.100.0/25'].map((text) =>
      packPrefixes([parsePrefix(text)]),
    );
    expect(samePrefixes(one, structuredClone(one))).toBe(true);
    expect([samePrefixes(one, two), samePrefixes(one, NO_PREFIXES)]).toEqual([false, false]);
  });

  test('cover a share of all addresses', () => {
    const { ipv4: four, ipv6: six } = packPrefixes(
      ['198.0.0.0/8', '203.0.0.0/8', '2a00::/16'].map(parsePrefix),
    );
    expect([coveredShare(four), coveredShare(six)]).toEqual([2 / 256, 1 / 65_536]);
  });
});

describe('the index of deny lists', () => {
  test('finds the first list that holds an address', () => {
    fc.assert(
      fc.property(
        fc.array(list, { maxLength: 6 }),
        fc.array(near, { minLength: 1, maxLength: 8 }),
        (lists, found) => {
          const index = new DenyIndex(lists.map(packPrefixes));
          for (const of of [...found, ...lists.flat().map((each) => each.address)]) {
            const expected = lists.findIndex((prefixes) => prefixes.some((each) => within(each, of))) + 1;
            expect(index.find(of)).toBe(expected);
          }
        },
      ),
      { numRuns: 500 },
    );
  });

  test('tells its addresses as ranges that lie apart, and finds exactly those', () => {
    fc.assert(
      fc.property(
        fc.array(list, { maxLength: 6 }),
        fc.array(near, { minLength: 1, maxLength: 8 }),
        (lists, found) => {
          const index = new DenyIndex(lists.map(packPrefixes));
          for (const of of [...found, ...lists.flat().map((each) => each.address)]) {
            const inRange = findRange(index.ranges(of.family), Uint8Array.from(toBytes(of))) >= 0;
            expect(inRange).toBe(index.find(of) !== 0);
          }
          for (const ranges of [index.ranges(4), index.ranges(6)]) {
            for (let i = 1; i < ranges.count; i++) {
              const gap = numberOf(firstOf(ranges, i)) - numberOf(lastOf(ranges, i - 1));
              expect(gap).toBeGreaterThan(1n);
            }
          }
        },
      ),
      { numRuns: 500 },
    );
  });

  test.each([
    ['every address', ['0.0.0.0/0'], '0.0.0.0-255.255.255.255'],
    ['the last address of all', ['255.255.255.255/32'], '255.255.255.255-255.255.255.255'],
    ['neighbours of two lists', ['192.0.2.0/25', '192.0.2.128/25'], '192.0.2.0-192.0.2.255'],
  ])('%s', (_, prefixes, expected) => {
    const index = new DenyIndex(prefixes.map((each) => packPrefixes([parsePrefix(each)])));
    const ranges = index.ranges(4);
    const ends = [firstOf(ranges, 0), lastOf(ranges, 0)].map((each) => formatAddress(fromBytes(each)));
    expect([ranges.count, ends.join('-'), index.ranges(6).count]).toEqual([1, expected, 0]);
  });

  test('of no lists holds nothing', () => {
    expect(new DenyIndex([]).find(ipv4(1))).toBe(0);
    expect(new DenyIndex([]).ranges(6).count).toBe(0);
  });
});
