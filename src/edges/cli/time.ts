/** Times for people. */
import type { Look } from './look.ts';

const two = (value: number) => String(value).padStart(2, '0');

/**
 * `2026-10-05 14:00:00 +02:00`: local, with the offset, so that a line copied elsewhere still says when; `-` for a time
 * that is not known (0 or null).
 */
export function localTime(ms: number | null): string {
  if (ms === null || ms <= 0) return '-';
  const at = new Date(ms);
  const date = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  const clock = `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
  return `${date} ${clock} ${offset(-at.getTimezoneOffset())}`;
}

function offset(minutes: number): string {
  const size = Math.abs(minutes);
  return `${minutes < 0 ? '-' : '+'}${two(Math.floor(size / 60))}:${two(size % 60)}`;
}

const UNITS = [
  ['d', 86_400],
  ['h', 3_600],
  ['m', 60],
  ['s', 1],
] as const;

/** The two largest units: `2h 5m`, `9m 41s`, `0s`. */
export function span(ms: number): string {
  let rest = Math.max(0, Math.round(ms / 1_000));
  const parts = UNITS.map(([unit, size]) => {
    const count = Math.floor(rest / size);
    rest %= size;
    return { unit, count };
  });
  const first = parts.findIndex(({ count }) => count > 0);
  if (first < 0) return '0s';
  const shown = parts.slice(first, first + 2).filter(({ count }) => count > 0);
  return shown.map(({ unit, count }) => `${count}${unit}`).join(' ');
}

/** `in 9m 41s`, `over`, or `-`. */
export function timeLeft(untilMs: number | null, nowMs: number = Date.now()): string {
  if (untilMs === null) return '-';
  return untilMs <= nowMs ? 'over' : `in ${span(untilMs - nowMs)}`;
}

/** `2h 5m ago`, or `in 3s` for what is to come. */
function relative(ms: number, nowMs: number): string {
  return ms > nowMs ? `in ${span(ms - nowMs)}` : `${span(nowMs - ms)} ago`;
}

/** For a column: on a terminal how long ago, short and easily compared; elsewhere the time itself. */
export function age(ms: number | null, { width, nowMs }: Look): string {
  if (ms === null || ms <= 0) return '-';
  return width === undefined ? localTime(ms) : relative(ms, nowMs);
}

/** For a fact: the time, and on a terminal how long ago that is. */
export function moment(ms: number | null, { width, nowMs }: Look): string {
  const time = localTime(ms);
  return width === undefined || ms === null || ms <= 0 ? time : `${time} (${relative(ms, nowMs)})`;
}
