import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  baselineWords,
  everyHour,
  HOUR_MS,
  isUnusual,
  usualRanges,
} from '../../../../../../src/edges/console/app/chart/baseline.ts';

const MB = 1_000_000;
const hours = (count: number, bytes: (hour: number) => number) =>
  Array.from({ length: count }, (_, i) => ({ atMs: i * HOUR_MS, bytes: bytes(i) }));

describe('hours without an entry', () => {
  test('count as silent once the host was watched, and are left out before', () => {
    const sums = [{ atMs: 5 * HOUR_MS, bytes: 7 }];
    const filled = everyHour(sums, {
      fromMs: 0,
      toMs: 7 * HOUR_MS,
      watchedFromMs: 3 * HOUR_MS + 1,
    });
    expect(filled.map(({ atMs, bytes }) => [atMs / HOUR_MS, bytes])).toEqual([
      [3, 0],
      [4, 0],
      [5, 7],
      [6, 0],
    ]);
  });

  test('the running hour is one of them', () => {
    const filled = everyHour([], { fromMs: 0, toMs: 1.5 * HOUR_MS, watchedFromMs: 0 });
    expect(filled).toHaveLength(2);
  });
});

describe('the usual range', () => {
  test('is not claimed before 24 hours', () => {
    const ranges = usualRanges(hours(24, () => MB));
    expect(new Set(ranges.map(({ source }) => source))).toEqual(new Set(['none']));
    expect(baselineWords(ranges)).toContain('takes 24 hours');
  });

  test('is of all hours of the week before until three weeks were watched', () => {
    const ranges = usualRanges(hours(22 * 24, (hour) => (hour % 24 === 3 ? 500 * MB : MB)));
    expect(ranges[24]?.source).toBe('all-hours');
    expect(ranges[21 * 24 - 1]?.source).toBe('all-hours');
    expect(ranges[21 * 24]?.source).toBe('same-hour');
    expect(baselineWords(ranges)).toMatch(/same hour of the week .* fewer than three/);
  });

  test('tells a nightly backup from the same bytes at an hour that is silent in other weeks', () => {
    const backup = hours(28 * 24, (hour) => (hour % 24 === 3 ? 500 * MB : MB));
    const ranges = usualRanges(backup);
    const at = (hour: number) => ranges[27 * 24 + hour] ?? expect.fail();
    expect(isUnusual(500 * MB, at(3))).toBe(false);
    expect(isUnusual(500 * MB, at(4))).toBe(true);
  });

  test('holds an upload against what was before it, not against itself', () => {
    const ranges = usualRanges(hours(48, (hour) => (hour === 47 ? 900 * MB : MB)));
    expect(isUnusual(900 * MB, ranges[47] ?? expect.fail())).toBe(true);
  });

  test('of a silent host is not passed by a ping', () => {
    const ranges = usualRanges(hours(30, () => 0));
    expect(isUnusual(84, ranges[29] ?? expect.fail())).toBe(false);
    expect(isUnusual(2 * MB, ranges[29] ?? expect.fail())).toBe(true);
  });

  test('lies around the median, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 1e12 }), { minLength: 25, maxLength: 60 }), (bytes) => {
        const range = usualRanges(hours(bytes.length, (i) => bytes[i] as number)).at(-1);
        const past = bytes.slice(0, -1).sort((one, other) => one - other);
        const middle = past[Math.floor((past.length - 1) / 2)] as number;
        expect(range?.low).toBeLessThanOrEqual(middle + 1e-3 * middle + 1);
        expect(range?.low).toBeGreaterThanOrEqual(0);
        expect(range?.high).toBeGreaterThanOrEqual(middle - 1e-3 * middle - 1);
      }),
    );
  });
});
