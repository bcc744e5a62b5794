/** What the main thread asks of the thread that keeps the history. Plain data, by structured clone. */
import type { DrainedTraffic } from '../../engine/traffic-totals.ts';
import type { HistoryErrorCode } from './errors.ts';
import type { GeographyFiles } from './geography.ts';
import type { Filter, RuleUses, Series, SeriesQuestion, Top, TopQuestion } from './question.ts';
import type { Keep, Limits, Step } from './step.ts';

export interface KeeperSettings {
  readonly path: string;
  readonly keep: Keep;
  readonly maxBytes: number;
  readonly geography: GeographyFiles;
  readonly limits?: Limits;
}

export interface Requests {
  /** A piece of a drain; nothing is written before the last. */
  piece: { params: DrainedTraffic; result: undefined };
  /** Write what came in pieces, and do what time brings. */
  write: { params: { atMs: number; nowMs: number }; result: Written };
  series: { params: SeriesQuestion; result: Series };
  top: { params: TopQuestion; result: Top };
  ruleUses: { params: Filter & { limit: number }; result: RuleUses[] };
  close: { params: undefined; result: undefined };
}

export interface Written {
  /** Rows that were added to, in all widths. */
  readonly rows: number;
  readonly fileBytes: number;
}

export type RequestName = keyof Requests;
export type RequestParams<N extends RequestName> = Requests[N]['params'];
export type RequestResult<N extends RequestName> = Requests[N]['result'];

export interface ToKeeper {
  readonly call: number;
  readonly name: RequestName;
  readonly params: unknown;
}

export type FromKeeper =
  | { readonly kind: 'ready' }
  | { readonly kind: 'unusable'; readonly error: Failure }
  | { readonly kind: 'done'; readonly call: number; readonly result: unknown }
  | { readonly kind: 'failed'; readonly call: number; readonly error: Failure };

export interface Failure {
  readonly code: HistoryErrorCode;
  readonly message: string;
}

/** The finest width that still has all of a time, with no more buckets than can be summed soon. */
export function stepFor(fromMs: number, toMs: number, keep: Keep, nowMs: number): Step {
  const spanMs = toMs - fromMs;
  const age = nowMs - fromMs;
  if (spanMs <= 3 * 3_600_000 && age <= keep.minute) return 'minute';
  if (spanMs <= 4 * 86_400_000 && age <= keep.hour) return 'hour';
  return 'day';
}
