import { describe, expect, it } from 'vitest';
import { TimeHistogram } from '../../../../src/engine/measure/time-histogram.ts';

describe('a histogram of times', () => {
  it('counts each observation in the first bucket that holds it, bounds included', () => {
    const times = new TimeHistogram([0.001, 0.01]);
    for (const seconds of [0, 0.001, 0.0011, 0.01, 0.5]) times.observe(seconds);
    expect(times.summary).toEqual({
      bounds: [0.001, 0.01],
      counts: [2, 2, 1],
      sumSeconds: expect.closeTo(0.5121),
      count: 5,
    });
  });

  it('is empty before the first', () => {
    expect(new TimeHistogram([1]).summary).toEqual({ bounds: [1], counts: [0, 0], sumSeconds: 0, count: 0 });
  });

  it('takes the time since a moment', () => {
    const times = new TimeHistogram([5, 60]);
    times.since(performance.now() - 10_000);
    expect(times.summary.counts).toEqual([0, 1, 0]);
  });
});
