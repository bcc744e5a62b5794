import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { WireElement } from '../../../src/node-nftables/src/elements/element-reader.ts';
import { joinIntervals } from '../../../src/node-nftables/src/elements/intervals.ts';
import { KeyList } from '../../../src/node-nftables/src/elements/key-list.ts';

/** Keys of a few values only, so that ends meet starts; as wide as an address of either family. */
const anyWire = fc.constantFrom(4, 16).chain((width) =>
  fc.record({
    width: fc.constant(width),
    wire: fc.uniqueArray(fc.tuple(fc.nat(40), fc.boolean()), {
      selector: String,
      maxLength: 60,
      size: 'max',
    }),
    order: fc.constantFrom('any', 'rising', 'falling'),
  }),
);

function keyOf(value: number, width: number): Uint8Array {
  // The values lie about a carry, and the last is the last key of all.
  const key = new Uint8Array(width).fill(value >= 35 ? 255 : 0);
  key[width - 1] = value >= 35 ? 215 + value : value * 8;
  key[width - 2] = value >= 35 ? 255 : value >> 2;
  return key;
}

describe('a list of keys', () => {
  it('comes to the same ranges as elements that are joined, in whatever order they come', () => {
    fc.assert(
      fc.property(anyWire, ({ width, wire, order }) => {
        const elements = wire.map(
          ([value, isIntervalEnd]): WireElement => ({
            key: keyOf(value, width),
            ...(isIntervalEnd && { isIntervalEnd }),
          }),
        );
        const sign = order === 'falling' ? -1 : 1;
        if (order !== 'any')
          elements.sort(
            (x, y) =>
              sign *
              (Buffer.compare(x.key, y.key) ||
                Number(y.isIntervalEnd ?? false) - Number(x.isIntervalEnd ?? false)),
          );
        const list = new KeyList(width);
        for (const { key, isIntervalEnd } of elements) list.add(key, isIntervalEnd ?? false);
        const joined = joinIntervals(elements).flatMap(({ key, keyEnd = key }) => [key, keyEnd]);
        expect(Buffer.from(list.intervals())).toEqual(Buffer.concat(joined));
      }),
      { numRuns: 1_000 },
    );
  });

  it('is in order, each key a range of its own', () => {
    fc.assert(
      fc.property(
        fc
          .constantFrom(4, 6, 16)
          .chain((width) => fc.array(fc.uint8Array({ minLength: width, maxLength: width }))),
        (keys) => {
          const list = new KeyList(keys[0]?.length ?? 4);
          for (const key of keys) list.add(key, false);
          const sorted = keys.toSorted(Buffer.compare).flatMap((key) => [key, key]);
          expect(Buffer.from(list.singles())).toEqual(Buffer.concat(sorted));
        },
      ),
    );
  });
});
