import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { NOT_MADE, PairTable } from '../../../src/policy/matcher/pair-table.ts';
import { EMPTY_INDEX, NO_RULE, ServiceIndex } from '../../../src/policy/matcher/service-index.ts';

const HTTPS = (6 << 16) | 443;
/** HTTPS by a rule. */
const https = (rule: number) =>
  new ServiceIndex(Int32Array.of(HTTPS, HTTPS + 1), Int32Array.of(rule, NO_RULE));

describe('a pair of classes', () => {
  test('is to be made until it was', () => {
    const table = new PairTable(3, 200);
    expect(table.find(2, 130, HTTPS)).toBe(NOT_MADE);
    table.add(2, 130, https(7));
    expect(table.find(2, 130, HTTPS)).toBe(7);
    expect([HTTPS - 1, HTTPS + 1].map((key) => table.find(2, 130, key))).toEqual([NO_RULE, NO_RULE]);
    // Of the same row and part, and of others.
    for (const [hosts, destinations] of [
      [2, 131],
      [2, 1],
      [1, 130],
    ])
      expect(table.find(hosts, destinations, HTTPS)).toBe(NOT_MADE);
  });

  test('between which no rule allows anything is known too', () => {
    const table = new PairTable(2, 2);
    table.add(1, 1, EMPTY_INDEX);
    expect(table.find(1, 1, HTTPS)).toBe(NO_RULE);
  });

  test('is what was added for it, whatever else was', () => {
    const pairs = fc.uniqueArray(fc.tuple(fc.nat(40), fc.nat(1_000)), {
      maxLength: 200,
      selector: ([hosts, destinations]) => `${hosts} ${destinations}`,
    });
    fc.assert(
      fc.property(pairs, (all) => {
        const table = new PairTable(41, 1_001);
        all.forEach(([hosts, destinations], rule) => {
          table.add(hosts, destinations, https(rule));
        });
        all.forEach(([hosts, destinations], rule) => {
          expect(table.find(hosts, destinations, HTTPS)).toBe(rule);
        });
      }),
      { numRuns: 50 },
    );
  });
});

describe('its memory is bounded', () => {
  test('by pairs: the one that is too many is the only one then', () => {
    const table = new PairTable(2, 10, { pairs: 3, cells: 1 << 20 });
    for (let destinations = 1; destinations <= 4; destinations++)
      table.add(1, destinations, https(destinations));
    expect([1, 2, 3, 4].map((destinations) => table.find(1, destinations, HTTPS))).toEqual([
      NOT_MADE,
      NOT_MADE,
      NOT_MADE,
      4,
    ]);
  });

  test('by words: rows of many classes of hosts', () => {
    const table = new PairTable(100, 6_400, { pairs: 1 << 20, cells: 1_000 });
    for (let hosts = 0; hosts < 100; hosts++) {
      table.add(hosts, 6_399, https(hosts));
      expect(table.find(hosts, 6_399, HTTPS)).toBe(hosts);
    }
    expect(table.find(0, 6_399, HTTPS)).toBe(NOT_MADE);
  });
});
