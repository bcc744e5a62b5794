import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { IsolationTree, TREE_WINDOWS } from '../../../../src/detection/model/isolation-tree.ts';
import { SeededRandom } from '../../../../src/detection/model/seeded-random.ts';

/** A tree of so many windows with two features each, by the first number's values; the second is always 5. */
function tree(values: (row: number) => number, seed = 1): IsolationTree {
  const rows = Float64Array.from({ length: TREE_WINDOWS * 2 }, (_, i) => (i % 2 === 0 ? values(i / 2) : 5));
  const made = new IsolationTree(Float64Array.of(0.1, 0.1));
  made.grow(
    rows,
    Uint32Array.from({ length: TREE_WINDOWS }, (_, row) => row),
    new SeededRandom(seed),
  );
  return made;
}

/** Mean over many trees. */
function meanDepth(values: (row: number) => number, x: readonly number[]): number {
  let sum = 0;
  for (let seed = 1; seed <= 50; seed++)
    sum += tree(values, seed).depth(Float64Array.from(x), new Float64Array(2));
  return sum / 50;
}

const even = (row: number) => row / TREE_WINDOWS;

describe('depth', () => {
  it('is about 1 for a window like the others', () => {
    expect(meanDepth(even, [0.5, 5])).toBeGreaterThan(0.85);
  });

  it('falls with the distance from all others, beyond the largest value too', () => {
    const depths = [0.5, 1.2, 2, 10, 100].map((value) => meanDepth(even, [value, 5]));
    expect(depths).toEqual(depths.toSorted((one, other) => other - one));
    expect(depths[4]).toBeLessThan(0.3);
  });

  it('is small for another value of a feature that was always the same', () => {
    expect(meanDepth(even, [0.5, 9])).toBeLessThan(0.6);
    expect(meanDepth(even, [0.5, 5.001])).toBeGreaterThan(0.8);
  });

  it('is small for what differs from windows that are all the same', () => {
    expect(meanDepth(() => 1, [1, 5])).toBeCloseTo(1);
    expect(meanDepth(() => 1, [4, 9])).toBeLessThan(0.2);
  });
});

it('gives to the features exactly what they took off the depth', () => {
  const value = fc.double({ min: -500, max: 500, noNaN: true });
  fc.assert(
    fc.property(fc.integer(), value, value, (seed, first, second) => {
      const random = new SeededRandom(seed);
      const credits = new Float64Array(2);
      const depth = tree(() => random.next() * 3, seed).depth(Float64Array.of(first, second), credits);
      expect(credits[0] + credits[1]).toBeCloseTo(1 - depth, 9);
      expect(depth).toBeGreaterThan(0);
      expect(depth).toBeLessThan(2);
    }),
  );
});

it('credits the feature that is unusual', () => {
  const credits = new Float64Array(2);
  for (let seed = 1; seed <= 50; seed++) tree(even, seed).depth(Float64Array.of(0.5, 9), credits);
  expect(credits[1]).toBeGreaterThan(10 * Math.max(0, credits[0]));
});

it('is as deep to the last bit whether or not anybody wants to know why', () => {
  const value = fc.oneof(fc.double({ min: -500, max: 500, noNaN: true }), fc.constantFrom(0, 1, 3, 5));
  fc.assert(
    fc.property(fc.integer(), fc.nat(40), value, value, (seed, kinds, first, second) => {
      const random = new SeededRandom(seed);
      const made = tree(() => Math.floor(random.next() * kinds) / 10, seed);
      const x = Float64Array.of(first / 100, second);
      expect(made.depth(x)).toBe(made.depth(x, new Float64Array(2)));
    }),
    { numRuns: 300 },
  );
});
