import { describe, expect, it } from 'vitest';
import { keptWith, liveRate, type Seen } from '../../../../../../src/edges/console/app/overview/live-rate.ts';

const MINUTE = 60_000;

/** An answer at a second, with what each minute has got so far. */
function seen(second: number, ...minutes: number[]): Seen {
  return {
    atMs: second * 1_000,
    points: minutes.map((bytesOut, index) => ({ atMs: index * MINUTE, bytesOut })),
  };
}

describe('the rate at this moment', () => {
  it('is what came between two answers', () => {
    expect(liveRate([seen(10, 500), seen(20, 1_500)])).toBe(100);
  });
  it('goes on over the end of a minute', () => {
    expect(liveRate([seen(50, 500), seen(70, 1_000, 1_500)])).toBe(100);
  });
  it('minds neither minutes that leave the window nor ones that shrink', () => {
    const before = {
      atMs: 0,
      points: [
        { atMs: 0, bytesOut: 9e9 },
        { atMs: MINUTE, bytesOut: 100 },
      ],
    };
    const after = { atMs: 10_000, points: [{ atMs: MINUTE, bytesOut: 200 }] };
    expect(liveRate([before, after])).toBe(10);
    expect(liveRate([seen(10, 500), seen(20, 100)])).toBe(0);
  });
  it('is not known from one answer, or from empty ones', () => {
    expect(liveRate([])).toBeUndefined();
    expect(liveRate([seen(10, 500)])).toBeUndefined();
    expect(liveRate([seen(10), seen(20)])).toBeUndefined();
  });
});

describe('what is kept', () => {
  it('reaches back over the span and no further', () => {
    let kept: readonly Seen[] = [];
    for (let second = 0; second <= 60; second += 5) kept = keptWith(kept, seen(second, second * 10));
    expect(kept.map(({ atMs }) => atMs / 1_000)).toEqual([40, 45, 50, 55, 60]);
    expect(liveRate(kept)).toBe(10);
  });
  it('is bounded however often it is asked', () => {
    let kept: readonly Seen[] = [];
    for (let i = 0; i < 1_000; i += 1) kept = keptWith(kept, seen(i / 100, i));
    expect(kept.length).toBeLessThanOrEqual(16);
  });
});
