/**
 * Whether connections come by a timer. Programs sleep a fixed time, or one drawn from a bounded range (malware says
 * "60 s, jitter 30 %"); people and pages do not: their pauses spread over orders of magnitude.
 *
 * Formula: with m the median pause, count the pauses within [m/2, 3m/2]. A timer with jitter up to 50 % puts nearly
 * all of them there (0.95, the rest being missed beats); for a Poisson process it is
 * exp(-ln 2 / 2) - exp(-3 ln 2 / 2) = 0.35, for bursts of people less; 0.45 is assumed. The log-likelihood ratio of
 * the two is a sequential test (Wald 1945): each pause inside adds ln(0.95/0.45), each outside ln(0.05/0.55).
 * A pause of 2 to 4 medians within a tenth is a missed beat and counts for nothing.
 */
const INSIDE = Math.log(0.95 / 0.45);
const OUTSIDE = Math.log(0.05 / 0.55);
const MOST_MISSED = 4;
const MISSED_TOLERANCE = 0.1;

export interface Timing {
  /** Pauses that were looked at. */
  readonly pauses: number;
  readonly medianS: number;
  /** Median absolute deviation, as a share of the median: 0 for clockwork, 0.25 for a uniform jitter of 50 %. */
  readonly spread: number;
  /** Log-likelihood ratio, timer against chance. */
  readonly ratio: number;
  /** Share of the pauses within half and one and a half medians, missed beats not counted. */
  readonly inside: number;
  readonly missed: number;
}

/** `pauses`: seconds, not changed; those that are 0 say nothing. Undefined for less than four. */
export function readTiming(pauses: Float32Array): Timing | undefined {
  const count = sortPauses(pauses);
  if (count < 4) return undefined;
  const median = middle(count);
  let inside = 0;
  let missed = 0;
  for (let i = 0; i < count; i++) {
    const pause = sorted[i];
    if (pause >= median / 2 && pause <= median * 1.5) inside++;
    else if (isMissed(pause / median)) missed++;
  }
  const outside = count - inside - missed;
  return {
    pauses: count,
    medianS: median,
    spread: deviation(count, median) / median,
    ratio: inside * INSIDE + outside * OUTSIDE,
    inside: inside / Math.max(1, inside + outside),
    missed,
  };
}

/** Pauses that say something, in order: filled anew by each call. */
let sorted = new Float32Array(64);

/** Returns how many they are. By insertion: they are few, and the array's own sort costs ten times as much. */
function sortPauses(pauses: Float32Array): number {
  if (sorted.length < pauses.length) sorted = new Float32Array(pauses.length);
  let count = 0;
  for (let i = 0; i < pauses.length; i++) {
    const pause = pauses[i];
    if (!(pause > 0)) continue;
    let at = count++;
    for (; at > 0 && sorted[at - 1] > pause; at--) sorted[at] = sorted[at - 1];
    sorted[at] = pause;
  }
  return count;
}

function isMissed(times: number): boolean {
  const whole = Math.round(times);
  return whole >= 2 && whole <= MOST_MISSED && Math.abs(times - whole) <= MISSED_TOLERANCE * whole;
}

function middle(count: number): number {
  const half = count >> 1;
  return count % 2 === 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
}

/**
 * Median absolute deviation of those in order. The deviations are in order on either side of the median: from there
 * outwards, the smaller of the next two is the next of all.
 */
function deviation(count: number, median: number): number {
  const half = count >> 1;
  let above = half;
  let below = above - 1;
  let last = 0;
  let next = 0;
  for (let taken = 0; taken <= half; taken++) {
    last = next;
    const up = above < count ? sorted[above] - median : Number.POSITIVE_INFINITY;
    const down = below >= 0 ? median - sorted[below] : Number.POSITIVE_INFINITY;
    next = Math.min(up, down);
    if (up <= down) above++;
    else below--;
  }
  return count % 2 === 1 ? next : (last + next) / 2;
}
