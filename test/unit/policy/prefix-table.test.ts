import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Address, ipv4, ipv6, parseAddress } from '../../../src/address/address.ts';
import { maskAddress, parsePrefix } from '../../../src/address/prefix.ts';
import { NO_CLASS, type PrefixGroup, PrefixTable } from '../../../src/policy/matcher/prefix-table.ts';
import { within } from './reference.ts';

const word = fc.oneof(
  fc.constantFrom(0, 1, 2, 0xfffffffe, 0xffffffff, 0x80000000),
  fc.integer({ min: 0, max: 0xffffffff }),
);
const address: fc.Arbitrary<Address> = fc.oneof(
  word.map(ipv4),
  fc.tuple(word, word, word, word).map(([a, b, c, d]) => ipv6(a, b, c, d)),
);
const prefix = fc.tuple(address, fc.double({ min: 0, max: 1, noNaN: true })).map(([network, part]) => {
  const length = Math.round(part * (network.family === 4 ? 32 : 128));
  return { address: maskAddress(network, length), length };
});
const group: fc.Arbitrary<PrefixGroup> = fc.record({
  cidrs: fc.array(prefix, { maxLength: 8 }),
  except: fc.array(prefix, { maxLength: 3 }),
});
const edges = ({ cidrs, except }: PrefixGroup) => [...cidrs, ...except].map((one) => one.address);

const holders = (groups: readonly PrefixGroup[], at: Address) =>
  groups.flatMap(({ cidrs, except }, i) =>
    cidrs.some((one) => within(one, at)) && !except.some((one) => within(one, at)) ? [i] : [],
  );

test('an address has the groups that hold it, anywhere in either family', () => {
  fc.assert(
    fc.property(fc.array(group, { maxLength: 5 }), fc.array(address, { maxLength: 30 }), (groups, others) => {
      const table = new PrefixTable(groups);
      for (const at of [...groups.flatMap(edges), ...others]) {
        const id = table.classOf(at);
        expect(table.groupsOf(id)).toEqual(holders(groups, at));
        expect(id === NO_CLASS).toBe(holders(groups, at).length === 0);
      }
    }),
    { numRuns: 300 },
  );
});

describe('classes', () => {
  const table = (...lists: string[][]) =>
    new PrefixTable(lists.map((list) => ({ cidrs: list.map(parsePrefix), except: [] })));

  test('there is one for each set of groups that some address really has', () => {
    // The outer network is covered by its halves: no address has the first group alone.
    const halves = table(['192.0.2.0/25'], ['192.0.2.0/26'], ['192.0.2.64/26']);
    expect(Array.from({ length: halves.classes }, (_, id) => halves.groupsOf(id))).toEqual([
      [],
      [0, 1],
      [0, 2],
    ]);
  });

  test('are shared over networks and families', () => {
    const shared = table(['192.0.2.0/24', '198.51.100.0/24', '2001:db8::/32'], ['10.0.0.0/8']);
    const of = (text: string) => shared.classOf(parseAddress(text));
    expect(of('192.0.2.1')).toBe(of('198.51.100.9'));
    expect(of('2001:db8::1')).toBe(of('192.0.2.1'));
    expect(of('10.0.0.1')).not.toBe(of('192.0.2.1'));
    expect(shared.classes).toBe(3);
  });

  test('the same network twice counts once', () => {
    expect(table(['10.0.0.0/8', '10.0.0.0/8']).groupsOf(1)).toEqual([0]);
  });
});
