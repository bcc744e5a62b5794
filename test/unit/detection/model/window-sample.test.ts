import { describe, expect, it } from 'vitest';
import { WindowSample } from '../../../../src/detection/model/window-sample.ts';

/** Windows numbered from 0, one feature each. */
function offered(count: number, { capacity = 100, horizon = 0, weight = 1 } = {}): WindowSample {
  const sample = new WindowSample(1, capacity, horizon, 1);
  for (let i = 0; i < count; i++) sample.offer(Float64Array.of(i), weight);
  return sample;
}

function contents(sample: WindowSample): number[] {
  return Array.from({ length: sample.length }, (_, row) => sample.row(row)[0]);
}

describe('a sample of windows', () => {
  it('takes all while it fills and never grows past its capacity', () => {
    expect(contents(offered(100))).toEqual(Array.from({ length: 100 }, (_, i) => i));
    expect(offered(5000).length).toBe(100);
  });

  it('is as good for old as for new windows within the horizon', () => {
    const old = contents(offered(10_000, { horizon: 10_000 })).filter((number) => number < 5000);
    expect(old.length).toBeGreaterThan(30);
    expect(old.length).toBeLessThan(70);
  });

  it('lets windows fade that are older than the horizon', () => {
    const old = contents(offered(10_000, { horizon: 1000 })).filter((number) => number < 5000);
    expect(old.length).toBeLessThan(10);
  });

  it('takes few windows of little weight and none without', () => {
    expect(offered(1000, { weight: 0 }).length).toBe(0);
    const few = offered(500, { weight: 0.1 });
    expect(few.length).toBeGreaterThan(20);
    expect(few.length).toBeLessThan(90);
  });

  it('knows the middle of a feature', () => {
    expect(offered(0).median(0)).toBeNaN();
    expect(offered(5).median(0)).toBe(2);
  });

  it.each([
    { what: 'numbers that make no whole row', state: [3, 1, 2, 3] },
    { what: 'a number that is not finite', state: [2, 1, Number.NaN] },
    { what: 'fewer than no windows', state: [-1, 1, 1] },
    { what: 'nothing', state: [] },
    { what: 'more rows than there is room for', state: Array(2 * 101 + 1).fill(1) },
  ])('is not restored from $what', ({ state }) => {
    const sample = new WindowSample(2, 100, 0, 1);
    expect(sample.restore(Float64Array.from(state))).toBe(false);
    expect(sample.length).toBe(0);
  });
});
