import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  isFlattened,
  LINEAR,
  LOGARITHMIC,
} from '../../../../../../src/edges/console/app/chart/value-scale.ts';

const MIB = 2 ** 20;

describe('a linear scale', () => {
  test.each([
    { most: 900 * MIB, room: 4, marks: [0, 256, 512, 768] },
    { most: 3 * MIB, room: 4, marks: [0, 1, 2, 3] },
  ])('of $most bytes is marked by powers of two', ({ most, room, marks }) => {
    expect(LINEAR.marks(most, room)).toEqual(marks.map((mark) => mark * MIB));
  });

  test('of nothing has a mark', () => {
    expect(LINEAR.marks(0, 5)).toEqual([0]);
  });

  test('is never crowded', () => {
    fc.assert(
      fc.property(fc.nat({ max: 1e15 }), fc.integer({ min: 1, max: 20 }), (most, room) => {
        expect(LINEAR.marks(most, room).length).toBeLessThanOrEqual(room + 1);
      }),
    );
  });
});

describe('a logarithmic scale', () => {
  test('has a place for 0 and shows a megabyte beside a gigabyte', () => {
    expect(LOGARITHMIC.place(0)).toBe(0);
    expect(LOGARITHMIC.place(MIB) / LOGARITHMIC.place(1_024 * MIB)).toBeGreaterThan(0.4);
    expect(LOGARITHMIC.marks(2_000 * MIB, 5)).toEqual([0, 32_768, MIB, 32 * MIB, 1_024 * MIB]);
  });

  test('gives back what it placed', () => {
    fc.assert(
      fc.property(fc.nat({ max: 1e15 }), (value) => {
        expect(LOGARITHMIC.valueAt(LOGARITHMIC.place(value))).toBeCloseTo(
          value,
          -Math.log10(value + 1) + 10 > 0 ? 0 : -6,
        );
      }),
    );
  });
});

test.each([
  { what: 'what is usual', values: [5, 8], high: 10, flattened: false },
  { what: 'a hundred times as much', values: [5, 1_000], high: 10, flattened: true },
  { what: 'anything without a band', values: [5, 1_000], high: null, flattened: false },
])('a band beside $what is flattened: $flattened', ({ values, high, flattened }) => {
  expect(isFlattened(values.map((value) => ({ value, high })))).toBe(flattened);
});
