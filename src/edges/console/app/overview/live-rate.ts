/** How fast it is sent at this moment, from what was counted by the minute: the newest answers against one before. */

export interface Seen {
  /** When the answer came, ms of a clock that nobody sets. */
  readonly atMs: number;
  /** By minute, oldest first, the running one last. */
  readonly points: readonly { readonly atMs: number; readonly bytesOut: number }[];
}

/** Counters of connections come in some seconds apart: over less it would jump. */
const SPAN_MS = 20_000;
const MOST_KEPT = 16;

/** The answers to keep when a new one comes: those within the span, and one before. */
export function keptWith(kept: readonly Seen[], newest: Seen): readonly Seen[] {
  const since = newest.atMs - SPAN_MS;
  const lastBefore = kept.findLastIndex(({ atMs }) => atMs <= since);
  return [...kept.slice(Math.max(0, lastBefore)), newest].slice(-MOST_KEPT);
}

/** Bytes a second; undefined: there is nothing to compare with yet. */
export function liveRate(kept: readonly Seen[]): number | undefined {
  const [oldest, newest] = [kept[0], kept.at(-1)];
  const from = oldest?.points.at(-1)?.atMs;
  if (oldest === undefined || newest === undefined || from === undefined) return undefined;
  const spanMs = newest.atMs - oldest.atMs;
  if (spanMs <= 0) return undefined;
  return Math.max(0, ((sentSince(newest, from) - sentSince(oldest, from)) / spanMs) * 1_000);
}

function sentSince({ points }: Seen, fromMs: number): number {
  return points.reduce((sum, { atMs, bytesOut }) => (atMs >= fromMs ? sum + bytesOut : sum), 0);
}
