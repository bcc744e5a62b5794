import { beforeEach, describe, expect, it } from 'vitest';
import { WalkPace } from '../../../src/engine/walk-pace.ts';

const MUCH = 16 << 20;

describe('WalkPace', () => {
  let passed: number;
  let looks: number;
  let pace: WalkPace;

  beforeEach(() => {
    passed = 1e9;
    looks = 0;
    pace = new WalkPace(() => {
      looks += 1;
      return passed;
    });
    pace.begin(5_000);
  });

  it('lets a small table be walked every ten seconds', () => {
    pace.worked(10);
    expect(pace.nextWalkAt).toBe(15_000);
  });

  it('rests so long between pieces that all of them take a small share of the time', () => {
    expect(pace.worked(2)).toBeCloseTo(998);
    for (let i = 0; i < 99; i += 1) pace.worked(2);
    expect(pace.nextWalkAt).toBeCloseTo(5_000 + 200 / 0.002);
  });

  it.each([
    [0, 998],
    [MUCH / 20, 998],
    [MUCH / 4, 398],
    [MUCH / 2, 198],
    [MUCH, 98],
    [100 * MUCH, 98],
  ])('after %i bytes since the walk began, 2 ms are followed by a rest of %i ms', (bytes, rest) => {
    passed += bytes;
    pace.look(6_000);
    expect(pace.worked(2)).toBeCloseTo(rest);
  });

  it('keeps the pace that it came to until the next walk begins', () => {
    passed += MUCH / 2;
    pace.look(6_000);
    passed -= MUCH / 2;
    pace.look(7_000);
    expect(pace.worked(2)).toBeCloseTo(198);
    pace.begin(20_000);
    expect(pace.worked(2)).toBeCloseTo(998);
  });

  it('takes it for much when an interface went with what it had counted', () => {
    passed = 0;
    pace.look(6_000);
    expect(pace.worked(2)).toBeCloseTo(98);
  });

  it('looks at the interfaces once a second', () => {
    for (let now = 5_000; now < 8_000; now += 10) pace.look(now);
    expect(looks).toBe(1 + 2);
  });
});
