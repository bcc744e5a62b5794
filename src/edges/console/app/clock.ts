/**
 * The time by which things lapse is the daemon's: a phone whose clock is wrong must not show a block as lapsed that
 * waits for an answer. One timer for the whole page; who reads `now.value` is drawn again each second.
 */
import { signal } from '@preact/signals';

const SECOND_MS = 1_000;
/** `Date` headers tell whole seconds, and an answer takes its time. */
const TOLERANCE_MS = 2_500;

let offsetMs = 0;

/** ms since the epoch, by the daemon's clock. */
export const now = signal(Date.now());

/** The same, also while nobody sees the page. */
export function currentMs(): number {
  return Date.now() + offsetMs;
}

/** @param date the header `Date` of an answer that has just come */
export function noteServerDate(date: string | null): void {
  const differenceMs = date === null ? Number.NaN : Date.parse(date) - Date.now();
  if (Number.isNaN(differenceMs)) return;
  offsetMs = Math.abs(differenceMs) > TOLERANCE_MS ? differenceMs : 0;
}

export function startClock(): void {
  setInterval(() => {
    if (document.visibilityState === 'visible') now.value = currentMs();
  }, SECOND_MS);
  document.addEventListener('visibilitychange', () => {
    now.value = currentMs();
  });
}
