import { describe, expect, it } from 'vitest';
import { outdated } from '../../../../src/edges/evidence/retention.ts';

const NOW = 1_000_000;
const kept = (...sizes: number[]) =>
  sizes.map((bytes, i) => ({ incident: `I${i + 1}`, bytes, atMs: NOW - (sizes.length - i) * 1_000 }));
const gone = (...args: Parameters<typeof outdated>) => outdated(...args).map(({ incident }) => incident);

describe('what has been kept long enough', () => {
  it('is what is too old, and the oldest of what is too much', () => {
    expect(gone(kept(1, 1, 1), { maxAge: 10_000, maxTotal: 3 }, NOW)).toEqual([]);
    expect(gone(kept(1, 1, 1), { maxAge: 2_500, maxTotal: 3 }, NOW)).toEqual(['I1']);
    expect(gone(kept(5, 1, 1), { maxAge: 10_000, maxTotal: 3 }, NOW)).toEqual(['I1']);
    expect(gone(kept(1, 5, 1), { maxAge: 10_000, maxTotal: 3 }, NOW)).toEqual(['I1', 'I2']);
    expect(gone(kept(1, 1, 9), { maxAge: 10_000, maxTotal: 3 }, NOW)).toEqual(['I1', 'I2', 'I3']);
  });

  it('is said why', () => {
    const reasons = outdated(kept(5, 1), { maxAge: 1_500, maxTotal: 0 }, NOW).map(({ reason }) => reason);
    expect(reasons).toEqual([
      'kept for its time',
      'the oldest of those that take more room than the policy gives',
    ]);
  });
});
