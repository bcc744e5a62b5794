import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { BlockRate } from '../../../src/decision/block-rate.ts';

it('counts what lies in the last minute', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(30_000)), (pauses) => {
      const rate = new BlockRate();
      const times: number[] = [];
      let nowMs = 1e12;
      for (const pause of pauses) {
        nowMs += pause;
        expect(rate.count(nowMs)).toBe(times.filter((atMs) => atMs > nowMs - 60_000).length);
        rate.record(nowMs);
        times.push(nowMs);
      }
      expect(rate.count(nowMs + 60_000)).toBe(0);
    }),
  );
});

it('does not forget when the clock is set back', () => {
  const rate = new BlockRate();
  rate.record(1e12);
  expect(rate.count(1e12 - 3_600_000)).toBe(1);
});
