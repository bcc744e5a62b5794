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
    expect(pace.worked(2)).toBeCloseTo(498);
    for (let i = 0; i < 99; i += 1) pace.worked(2);
    expect(pace.nextWalkAt).toBeCloseTo(5_000 + 200 / 0.004);
  });

  it('goes faster when much passed since the walk began, until the next begins', () => {
    passed += MUCH - 1;
    pace.look(6_000);
    expect(pace.worked(2)).toBeCloseTo(498);
    passed += 1;
    pace.look(7_000);
    expect(pace.worked(2)).toBeCloseTo(98);
    passed -= MUCH;
    pace.look(8_000);
    expect(pace.worked(2)).toBeCloseTo(98);
    pace.begin(20_000);
    expect(pace.worked(2)).toBeCloseTo(498);
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
