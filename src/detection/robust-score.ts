/** Robust z-score of a volume among past ones. */
import { median, medianAbsoluteDeviation } from 'simple-statistics';
import { HOURS } from './profile-layout.ts';

/** Makes the median absolute deviation that of a normal distribution (Iglewicz and Hoaglin 1993). */
const NORMAL = 1.4826;
/** On the logarithmic scale: hosts that always send the same must not alarm by a trifle. */
const LEAST_DEVIATION = 0.5;
const ENOUGH = 24;

/** `ring` holds `count` values, the last HOURS of them. Null while there are too few. */
export function robustScore(ring: Float32Array, count: number, bytes: number): number | null {
  if (count < ENOUGH) return null;
  const past = Array.from(ring.subarray(0, Math.min(count, HOURS)), Math.log1p);
  const deviation = Math.max(NORMAL * medianAbsoluteDeviation(past), LEAST_DEVIATION);
  return (Math.log1p(bytes) - median(past)) / deviation;
}
