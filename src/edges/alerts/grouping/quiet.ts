/**
 * Quiet repeats: what is the same again and again is told at growing intervals, for example at once, then not again
 * before 10 minutes, an hour, six hours. What has not been seen for as long as the longest interval is news again.
 */
export interface Telling {
  /** When it was told last. */
  toldMs: number;
  /** When it was seen last. */
  seenMs: number;
  /** How often it was told. */
  times: number;
}

/** By condition (`Notice.condition`). */
export type Tellings = Record<string, Telling>;

/** More are forgotten, those longest not seen first: they are then told as news. */
export const MAX_CONDITIONS = 2_000;

/**
 * It has been seen. @returns when it may be told again, ms since the epoch; undefined when it is news
 * @param intervals the spans between one telling and the next, ms; the last one for all further ones
 */
export function seen(
  tellings: Tellings,
  condition: string,
  intervals: readonly number[],
  nowMs: number,
): number | undefined {
  const telling = tellings[condition];
  if (telling === undefined || intervals.length === 0) return undefined;
  if (forgotten(telling, intervals, nowMs)) {
    delete tellings[condition];
    return undefined;
  }
  telling.seenMs = nowMs;
  const interval = intervals[Math.min(telling.times, intervals.length) - 1];
  // A clock that was set back must not make it wait for longer.
  return Math.min(telling.toldMs, nowMs) + interval;
}

/** It has been told. */
export function told(tellings: Tellings, condition: string, nowMs: number): void {
  const telling = tellings[condition];
  if (telling === undefined) tellings[condition] = { toldMs: nowMs, seenMs: nowMs, times: 1 };
  else Object.assign(telling, { toldMs: nowMs, seenMs: nowMs, times: telling.times + 1 });
}

/** Forget what is news again anyhow, and what there is no room for. */
export function forget(tellings: Tellings, intervals: readonly number[], nowMs: number): void {
  for (const [condition, telling] of Object.entries(tellings))
    if (forgotten(telling, intervals, nowMs)) delete tellings[condition];
  const left = Object.entries(tellings);
  if (left.length <= MAX_CONDITIONS) return;
  const oldest = left.toSorted(([, a], [, b]) => a.seenMs - b.seenMs).slice(0, left.length - MAX_CONDITIONS);
  for (const [condition] of oldest) delete tellings[condition];
}

function forgotten({ seenMs }: Telling, intervals: readonly number[], nowMs: number): boolean {
  return nowMs - seenMs >= Math.max(...intervals);
}
