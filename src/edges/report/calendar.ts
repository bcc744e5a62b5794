/** Days, weeks (from Monday, ISO 8601) and months of UTC, for reports that come by themselves. */
import type { Period } from './input.ts';

export const EVERY = ['day', 'week', 'month'] as const;
export type Every = (typeof EVERY)[number];

export interface NamedPeriod extends Period {
  /** `2026-10-05`, `2026-W40`, `2026-10`. */
  readonly name: string;
}

const DAY_MS = 86_400_000;

/** The last one that is over. */
export function lastPeriod(every: Every, nowMs: number): NamedPeriod {
  const toMs = startOf(every, nowMs);
  const fromMs = startOf(every, toMs - 1);
  return { fromMs, toMs, name: nameOf(every, fromMs) };
}

/** When the running one ends. */
export function nextEnd(every: Every, nowMs: number): number {
  const start = startOf(every, nowMs);
  if (every === 'day') return start + DAY_MS;
  if (every === 'week') return start + 7 * DAY_MS;
  const date = new Date(start);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 1);
}

function startOf(every: Every, atMs: number): number {
  const day = Math.floor(atMs / DAY_MS);
  if (every === 'day') return day * DAY_MS;
  // The epoch was a Thursday.
  if (every === 'week') return (day - ((day + 3) % 7)) * DAY_MS;
  const date = new Date(atMs);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), 1);
}

function nameOf(every: Every, startMs: number): string {
  const iso = new Date(startMs).toISOString();
  if (every === 'day') return iso.slice(0, 10);
  if (every === 'month') return iso.slice(0, 7);
  // The week belongs to the year that has its Thursday.
  const thursday = new Date(startMs + 3 * DAY_MS);
  const year = thursday.getUTCFullYear();
  const week = 1 + Math.floor((thursday.getTime() - Date.UTC(year, 0, 1)) / (7 * DAY_MS));
  return `${year}-W${String(week).padStart(2, '0')}`;
}
