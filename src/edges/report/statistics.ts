/** Of sorted numbers. */
import type { ResponseTimes } from './report.ts';

/** The nearest rank: always one of the numbers. */
export function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? 0;
}

export function responseTimes(spans: readonly number[]): ResponseTimes | null {
  if (spans.length === 0) return null;
  const sorted = spans.toSorted((x, y) => x - y);
  return {
    count: sorted.length,
    medianMs: quantile(sorted, 0.5),
    p90Ms: quantile(sorted, 0.9),
    maxMs: sorted[sorted.length - 1] ?? 0,
  };
}
