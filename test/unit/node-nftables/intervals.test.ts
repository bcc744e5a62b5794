import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { WireElement } from '../../../src/node-nftables/src/elements/element-reader.ts';
import { joinIntervals } from '../../../src/node-nftables/src/elements/intervals.ts';
import { nextKey, previousKey } from '../../../src/node-nftables/src/elements/key-arithmetic.ts';

const key = (value: number) => Uint8Array.of(value >> 8, value & 255);
const start = (value: number): WireElement => ({ key: key(value) });
const end = (value: number): WireElement => ({ key: key(value), isIntervalEnd: true });

describe('intervals', () => {
  it('reach up to the last key without an end', () => {
    expect(joinIntervals([start(7)])).toEqual([{ key: key(7), keyEnd: key(0xffff) }]);
  });

  it('are not made of ends alone', () => {
    expect(joinIntervals([end(0), end(9), end(300)])).toEqual([]);
  });

  it('keep what their start has', () => {
    const timed: WireElement = { ...start(7), timeoutMs: 5, expiresInMs: 4, comment: 'c' };
    expect(joinIntervals([end(8), timed])).toEqual([
      { key: key(7), keyEnd: key(7), timeoutMs: 5, expiresInMs: 4, comment: 'c' },
    ]);
  });

  it('are the same however their halves come, among ends that belong to nothing', () => {
    const places = fc.uniqueArray(fc.integer({ min: 1, max: 0xffff }), { minLength: 2, maxLength: 40 });
    const shuffles = fc.array(fc.nat(), { minLength: 60, maxLength: 60 });
    fc.assert(
      fc.property(places, shuffles, (values, order) => {
        const sorted = values.toSorted((x, y) => x - y);
        const pairs = Array.from({ length: sorted.length >> 1 }, (_, i) => [
          sorted[2 * i],
          sorted[2 * i + 1],
        ]);
        const halves = [end(0), ...pairs.flatMap(([first, behind]) => [start(first), end(behind)])];
        const shuffled = halves.map((half, i) => ({ half, at: order[i] })).sort((x, y) => x.at - y.at);
        const expected = pairs.map(([first, behind]) => ({ key: key(first), keyEnd: key(behind - 1) }));
        expect(joinIntervals(shuffled.map(({ half }) => half))).toEqual(expected);
      }),
    );
  });
});

describe('key arithmetic', () => {
  it('goes to the neighbours and back', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 16 }), (bytes) => {
        const next = nextKey(bytes);
        if (next === undefined) expect(bytes.every((byte) => byte === 255)).toBe(true);
        else expect(previousKey(next)).toEqual(bytes);
      }),
    );
    expect(previousKey(Uint8Array.of(0, 0))).toBeUndefined();
  });
});
