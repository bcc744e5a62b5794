import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { BlockRate } from '../../../src/decision/block-rate.ts';

it('counts what lies in the last minute, or whatever its window is', () => {
  const pauses = fc.array(fc.nat(30_000), { size: 'max', maxLength: 300 });
  fc.assert(
    fc.property(pauses, fc.constantFrom(60_000, 3_600_000), (pauses, windowMs) => {
      const rate = new BlockRate(windowMs);
      const times: number[] = [];
      let nowMs = 1e12;
      for (const pause of pauses) {
        nowMs += pause;
        expect(rate.count(nowMs)).toBe(times.filter((atMs) => atMs > nowMs - windowMs).length);
        rate.record(nowMs);
        times.push(nowMs);
      }
      expect(rate.count(nowMs + windowMs)).toBe(0);
    }),
  );
});

it('does not forget when the clock is set back', () => {
  const rate = new BlockRate();
  rate.record(1e12);
  expect(rate.count(1e12 - 3_600_000)).toBe(1);
});
