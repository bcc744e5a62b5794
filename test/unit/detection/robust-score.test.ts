import { describe, expect, it } from 'vitest';
import { HOURS } from '../../../src/detection/profile-layout.ts';
import { robustScore } from '../../../src/detection/robust-score.ts';

function ringOf(values: readonly number[]): Float32Array {
  const ring = new Float32Array(HOURS);
  for (const [i, value] of values.entries()) ring[i % HOURS] = value;
  return ring;
}
const score = (past: readonly number[], bytes: number) => robustScore(ringOf(past), past.length, bytes);
const DAYS = Array.from({ length: 100 }, (_, i) => 1e6 * (1 + (i % 10)));

describe('the robust score', () => {
  it('is unknown for a short past', () => {
    expect(score(DAYS.slice(0, 5), 1e9)).toBeNull();
    expect(score([], 1e9)).toBeNull();
    expect(score(DAYS.slice(0, 48), 1e9)).not.toBeNull();
  });

  it('grows with the bytes, and is 0 in the middle', () => {
    const scores = [0, 1e6, 5.5e6, 1e8, 1e10, 2 ** 53].map((bytes) => score(DAYS, bytes) ?? Number.NaN);
    expect(scores).toEqual(scores.toSorted((x, y) => x - y));
    expect(scores[2]).toBeCloseTo(0, 1);
    expect(scores.every(Number.isFinite)).toBe(true);
  });

  it('is moved by a few monstrous hours no more than a little', () => {
    const before = score(DAYS, 1e9) ?? 0;
    const after = score([...DAYS, 1e12, 1e12, 1e12, 1e12], 1e9) ?? 0;
    expect(after).toBeGreaterThan(0.8 * before);
  });

  it('does not alarm by a trifle when a host always sends the same', () => {
    expect(score(Array(100).fill(1e6), 1.2e6)).toBeLessThan(1);
  });

  it('looks at the last week only', () => {
    const early = Array(HOURS).fill(1e9);
    const late = Array(HOURS).fill(1e3);
    expect(score([...early, ...late], 1e6)).toBe(score(late, 1e6));
  });
});
