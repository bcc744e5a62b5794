import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readTiming, type Timing } from '../../../src/detection/timing.ts';

/** What counts as a timer for those who use it: wrong once in 10,000. */
const TIMER = Math.log(10_000);

function read(pauses: readonly number[]): Timing {
  const timing = readTiming(Float32Array.from(pauses));
  if (timing === undefined) throw new Error('too few pauses');
  return timing;
}

/** Evenly drawn from within `jitter` of the period, in an order that looks drawn. */
function drawn(count: number, periodS: number, jitter: number): number[] {
  return Array.from({ length: count }, (_, i) => periodS * (1 + jitter * (2 * ((i * 0.618034) % 1) - 1)));
}

/** As a Poisson process has them: by the quantiles of the exponential distribution. */
function byChance(count: number, meanS: number): number[] {
  return Array.from({ length: count }, (_, i) => -meanS * Math.log(1 - (i + 0.5) / count));
}

describe('a timer', () => {
  it.each([0, 0.1, 0.3, 0.5])('with a jitter of %f is told from chance within 23 pauses', (jitter) => {
    for (const periodS of [10, 60, 3_600, 14_400]) {
      const timing = read(drawn(23, periodS, jitter));
      expect(timing.ratio).toBeGreaterThan(TIMER);
      expect(timing.medianS / periodS).toBeCloseTo(1, 0);
      expect(timing.spread).toBeCloseTo(jitter / 2, 1);
      expect(timing.inside).toBeGreaterThan(0.9);
    }
  });

  it('that misses beats now and then is one still', () => {
    const pauses = drawn(23, 60, 0);
    pauses[3] = 120;
    pauses[9] = 181;
    pauses[15] = 240;
    expect(read(pauses)).toMatchObject({ missed: 3, inside: 1, medianS: 60, pauses: 23 });
    expect(read(pauses).ratio).toBeGreaterThan(TIMER);
  });

  it('that stopped for a night is one still', () => {
    expect(read([...drawn(22, 60, 0.2), 30_000]).ratio).toBeGreaterThan(TIMER);
  });
});

describe('no timer are', () => {
  it.each<[string, number[]]>([
    ['pauses by chance', byChance(23, 60)],
    ['bursts of people', Array.from({ length: 23 }, (_, i) => (i % 6 === 5 ? 1_800 + 300 * i : 5 + i))],
    ['pauses over orders of magnitude', Array.from({ length: 23 }, (_, i) => 1.6 ** i)],
    ['too few beats of one', drawn(6, 60, 0)],
  ])('%s', (_, pauses) => {
    expect(read(pauses).ratio).toBeLessThan(TIMER);
  });
});

it.each([[[]], [[60]], [[60, 60, 60]], [[0, 0, 0, 0, 60]]])('says nothing of %j: too few', (pauses) => {
  expect(readTiming(Float32Array.from(pauses))).toBeUndefined();
});

it('has no pauses where there are none: 0 and what lies before it', () => {
  expect(read([60, 0, 60, -5, 60, 0, 60])).toMatchObject({ pauses: 4, spread: 0 });
});

it('does not change what it reads, nor care for its order and its scale', () => {
  const pause = fc.float({ min: 1, max: Math.fround(1e5), noNaN: true });
  fc.assert(
    fc.property(fc.array(pause, { minLength: 4, maxLength: 24, size: 'max' }), (pauses) => {
      const given = Float32Array.from(pauses);
      const timing = readTiming(given);
      expect([...given]).toEqual(pauses);
      expect(readTiming(given.toReversed())).toEqual(timing);
      // A power of two: nothing is rounded.
      const scaled = read(pauses.map((each) => each * 4));
      expect(scaled.medianS).toBe(4 * (timing?.medianS ?? Number.NaN));
      expect(scaled.ratio).toBe(timing?.ratio);
      expect(timing?.inside).toBeGreaterThanOrEqual(0);
      expect(timing?.inside).toBeLessThanOrEqual(1);
      expect(timing?.medianS).toBeGreaterThanOrEqual(Math.min(...pauses));
      expect(timing?.medianS).toBeLessThanOrEqual(Math.max(...pauses));
    }),
  );
});
