import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ipv4 } from '../../../src/address/address.ts';
import { BlockTree } from '../../../src/policy/matcher/block-tree.ts';

const LAST = 0xffffffff;

/** Starts anywhere, and heaps of them: some steps of one size behind one another. */
const starts = fc
  .array(
    fc.record({
      first: fc.integer({ min: 0, max: LAST }),
      bits: fc.integer({ min: 0, max: 26 }),
      count: fc.integer({ min: 1, max: 40 }),
    }),
    { maxLength: 12 },
  )
  .map((heaps) => {
    const all = heaps.flatMap(({ first, bits, count }) =>
      Array.from({ length: count }, (_, i) => first - (first % 2 ** bits) + i * 2 ** bits),
    );
    const inside = all.filter((start) => start <= LAST);
    return Uint32Array.from(new Set([0, ...inside])).sort();
  });

/** Each has a value of its own: the place plus one. */
const treeOf = (sorted: Uint32Array) =>
  new BlockTree(
    sorted,
    sorted.map((_, i) => i + 1),
  );
const plainly = (sorted: Uint32Array, word: number) => sorted.findLastIndex((start) => start <= word) + 1;

describe('the value of an address is that of the last interval that begins at or before it', () => {
  test('at every start, beside it, and anywhere', () => {
    const anywhere = fc.array(fc.integer({ min: 0, max: LAST }), { maxLength: 30 });
    fc.assert(
      fc.property(starts, anywhere, (sorted, others) => {
        const tree = treeOf(sorted);
        const around = [...sorted].flatMap((start) => [
          start,
          Math.max(0, start - 1),
          Math.min(LAST, start + 1),
        ]);
        for (const word of [...around, ...others, LAST])
          expect(tree.find(ipv4(word))).toBe(plainly(sorted, word));
      }),
      { numRuns: 200 },
    );
  });

  test('of one interval, and of two at the ends', () => {
    expect(treeOf(Uint32Array.of(0)).find(ipv4(LAST))).toBe(1);
    const ends = treeOf(Uint32Array.of(0, LAST));
    expect([0, LAST - 1, LAST].map((word) => ends.find(ipv4(word)))).toEqual([1, 1, 2]);
  });

  test('of thousands that lie close together in one place', () => {
    const sorted = Uint32Array.from({ length: 5_000 }, (_, i) => (i === 0 ? 0 : 0xcb007100 + i));
    const tree = treeOf(sorted);
    for (const word of [1, 0xcb007100, 0xcb007101, 0xcb007102, 0xcb008487, 0xcb008488, LAST])
      expect(tree.find(ipv4(word))).toBe(plainly(sorted, word));
  });
});
