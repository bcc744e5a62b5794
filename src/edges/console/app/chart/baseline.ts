/**
 * The band in which the hours of a host usually lie, by its own history:
 *
 *   y = log1p(bytes); band = median(y) -+ 3 max(1.4826 MAD(y), ln 1.5), and back by expm1
 *
 *   same-hour   the same hour of the week in the four weeks before, where three of them were watched
 *   all-hours   else all hours of the seven days before, where 24 of them were watched
 *   none        else nothing is claimed
 *
 * Only what was before an hour counts, so that an upload does not widen the band it is held against. It is a help for
 * the eye: what is reported, and why, the detectors say.
 */
import { median, medianAbsoluteDeviation } from 'simple-statistics';

export const HOUR_MS = 3_600_000;
const WEEK_HOURS = 7 * 24;
const WEEKS = 4;
/** How far before what is shown the history has to reach. */
export const BASELINE_REACH_MS = WEEKS * WEEK_HOURS * HOUR_MS;

const MIN_WEEKS = 3;
const MIN_HOURS = 24;
/** Makes the MAD of a normal distribution its standard deviation. */
const MAD_SCALE = 1.4826;
const DEVIATIONS = 3;
const LEAST_DEVIATION = Math.log(1.5);
/** An hour with less than this is never called unusual: a silent host's band would else be passed by a ping. */
const ALWAYS_USUAL_BYTES = 1_000_000;

export interface HourSum {
  /** Start of the hour, ms since the epoch. */
  readonly atMs: number;
  readonly bytes: number;
}

export type BaselineSource = 'same-hour' | 'all-hours' | 'none';

export interface UsualRange {
  readonly source: BaselineSource;
  /** Bytes; null where nothing is claimed. */
  readonly low: number | null;
  readonly high: number | null;
}

const NOTHING: UsualRange = { source: 'none', low: null, high: null };

/**
 * Every hour of [fromMs, toMs), those in which nothing was counted with 0 bytes; before `watchedFromMs` nobody looked,
 * so that such hours are left out.
 */
export function everyHour(
  sums: readonly HourSum[],
  { fromMs, toMs, watchedFromMs }: { fromMs: number; toMs: number; watchedFromMs: number },
): HourSum[] {
  const byHour = new Map(sums.map(({ atMs, bytes }) => [hourOf(atMs), bytes]));
  const first = hourOf(Math.max(fromMs, watchedFromMs));
  const last = Math.ceil(toMs / HOUR_MS);
  return Array.from({ length: Math.max(0, last - first) }, (_, i) => ({
    atMs: (first + i) * HOUR_MS,
    bytes: byHour.get(first + i) ?? 0,
  }));
}

/** The usual range of each of `hours`, which are consecutive and oldest first. */
export function usualRanges(hours: readonly HourSum[]): UsualRange[] {
  const logs = hours.map(({ bytes }) => Math.log1p(bytes));
  return logs.map((_, place) => rangeAt(logs, place));
}

export function isUnusual(bytes: number, { high }: UsualRange): boolean {
  return high !== null && bytes > Math.max(high, ALWAYS_USUAL_BYTES);
}

function rangeAt(logs: readonly number[], place: number): UsualRange {
  const sameHour = Array.from({ length: WEEKS }, (_, week) => place - (week + 1) * WEEK_HOURS)
    .filter((earlier) => earlier >= 0)
    .map((earlier) => logs[earlier] as number);
  if (sameHour.length >= MIN_WEEKS) return around('same-hour', sameHour);
  const lastWeek = logs.slice(Math.max(0, place - WEEK_HOURS), place);
  return lastWeek.length >= MIN_HOURS ? around('all-hours', lastWeek) : NOTHING;
}

function around(source: BaselineSource, logs: number[]): UsualRange {
  const middle = median(logs);
  const deviation = Math.max(MAD_SCALE * medianAbsoluteDeviation(logs), LEAST_DEVIATION);
  return {
    source,
    low: Math.max(0, Math.expm1(middle - DEVIATIONS * deviation)),
    high: Math.expm1(middle + DEVIATIONS * deviation),
  };
}

/** What a band rests on, for its label. */
export function baselineWords(ranges: readonly UsualRange[]): string {
  const has = (source: BaselineSource) => ranges.some((range) => range.source === source);
  if (has('same-hour')) {
    const rest = has('all-hours') ? ' (where there were fewer than three: all hours of the week before)' : '';
    return `Usual: the same hour of the week in the four weeks before, median ± 3 MAD${rest}`;
  }
  if (has('all-hours')) {
    return 'Usual: all hours of the seven days before, median ± 3 MAD; hours of the week are told apart after three weeks';
  }
  return 'No usual range yet: it takes 24 hours of history';
}

function hourOf(atMs: number): number {
  return Math.floor(atMs / HOUR_MS);
}
