/** What the page of a host is made of, out of what the API tells. */
import type { Schema } from 'penstock-client';
import {
  BASELINE_REACH_MS,
  baselineWords,
  everyHour,
  HOUR_MS,
  isUnusual,
  type UsualRange,
  usualRanges,
} from '../chart/baseline.ts';

const DAY_MS = 24 * HOUR_MS;
const UNCLAIMED: UsualRange = { source: 'none', low: null, high: null };

export const RANGES = [
  { value: 'hour', words: 'Last hour, by minute', spanMs: HOUR_MS, step: 'minute' },
  { value: 'day', words: 'Last day', spanMs: DAY_MS, step: 'hour' },
  { value: 'week', words: 'Last 7 days', spanMs: 7 * DAY_MS, step: 'hour' },
  { value: 'month', words: 'Last 30 days', spanMs: 30 * DAY_MS, step: 'hour' },
] as const;
export type Range = (typeof RANGES)[number];

/** A full minute or hour: the question stays the same until the next one. */
export function windowOf(
  { spanMs, step }: Range,
  nowMs: number,
): { fromMs: number; toMs: number; askFromMs: number } {
  const unit = step === 'minute' ? 60_000 : HOUR_MS;
  const toMs = Math.floor(nowMs / unit) * unit + unit;
  const fromMs = toMs - spanMs;
  return { fromMs, toMs, askFromMs: step === 'minute' ? fromMs : fromMs - BASELINE_REACH_MS };
}

export interface Outbound {
  readonly points: readonly {
    readonly atMs: number;
    readonly value: number;
    readonly low: number | null;
    readonly high: number | null;
    readonly unusual: boolean;
  }[];
  /** What the band is; null: there is none. */
  readonly bandLabel: string | null;
  readonly total: number;
  readonly highest: { readonly atMs: number; readonly bytes: number } | undefined;
  readonly unusual: number;
}

/** Bytes of each minute or hour of the window, each hour with what was usual before it. */
export function outboundOf(
  history: readonly Schema<'HistoryPoint'>[],
  { step }: Pick<Range, 'step'>,
  { fromMs, toMs, watchedFromMs }: { fromMs: number; toMs: number; watchedFromMs: number },
): Outbound {
  const sums = history.map(({ atMs, bytesOut }) => ({ atMs, bytes: bytesOut }));
  const isHourly = step === 'hour';
  const all = isHourly ? everyHour(sums, { fromMs: fromMs - BASELINE_REACH_MS, toMs, watchedFromMs }) : sums;
  const ranges = isHourly ? usualRanges(all) : [];
  const within = all.map((sum, place) => ({ sum, range: ranges[place] ?? UNCLAIMED }));
  const shown = within.filter(({ sum }) => sum.atMs >= fromMs && sum.atMs < toMs);
  const points = shown.map(({ sum: { atMs, bytes }, range }) => ({
    ...{ atMs, value: bytes, low: range.low, high: range.high },
    unusual: isUnusual(bytes, range),
  }));
  const highest = shown.reduce<Outbound['highest']>(
    (most, { sum }) => (most === undefined || sum.bytes > most.bytes ? sum : most),
    undefined,
  );
  return {
    points,
    bandLabel: isHourly ? baselineWords(shown.map(({ range }) => range)) : null,
    total: shown.reduce((total, { sum }) => total + sum.bytes, 0),
    highest,
    unusual: points.filter(({ unusual }) => unusual).length,
  };
}

export interface DestinationRow extends Schema<'HistoryItem'> {
  /** Seen for the first time in the last day, by a host that was watched before that. */
  readonly isNew: boolean;
  /** Of all that was sent, 0 to 1. */
  readonly share: number;
}

/**
 * @param shown of the time that is looked at
 * @param known of all the time that is kept: since when a destination is known
 */
export function destinationRows(
  shown: readonly Schema<'HistoryItem'>[],
  known: readonly Schema<'HistoryItem'>[],
  { nowMs, watchedFromMs, totalOut }: { nowMs: number; watchedFromMs: number; totalOut: number },
): DestinationRow[] {
  const firstSeen = new Map(known.map(({ key, firstSeenMs }) => [key, firstSeenMs]));
  const dayBefore = nowMs - DAY_MS;
  return shown.map((item) => {
    const first = firstSeen.get(item.key);
    return {
      ...item,
      isNew: first !== undefined && first >= dayBefore && watchedFromMs < dayBefore,
      share: totalOut > 0 ? item.bytesOut / totalOut : 0,
    };
  });
}

type Decision = Schema<'Decision'>;
const STANDING = ['pending', 'provisional', 'active'];

/** What stands or waits and names this host; a block of a destination is for all hosts. */
export function decisionsOf(host: string, decisions: readonly Decision[]): Decision[] {
  return decisions.filter(
    ({ state, target }) => STANDING.includes(state) && target.kind !== 'destination' && target.host === host,
  );
}
