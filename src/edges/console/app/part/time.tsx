import { now } from '../clock.ts';
import { formatAgo, formatCountdown, formatDateTime } from './format.ts';

/** `4 min ago`; the exact time when pointed at. */
export function Time({ ms }: { ms: number }) {
  return (
    <time dateTime={isoTime(ms)} title={formatDateTime(ms)}>
      {formatAgo(ms, now.value)}
    </time>
  );
}

/** The exact time, local to the person. */
export function ExactTime({ ms }: { ms: number }) {
  return (
    <time dateTime={isoTime(ms)} title={isoTime(ms)}>
      {formatDateTime(ms)}
    </time>
  );
}

/** `9:05`, down to `0:00`. A screen reader reads it when asked; it does not interrupt each second. */
export function Countdown({ untilMs }: { untilMs: number }) {
  return (
    <time class="countdown" dateTime={isoTime(untilMs)} title={`until ${formatDateTime(untilMs)}`}>
      {formatCountdown(untilMs - now.value)}
    </time>
  );
}

/** Whatever number an answer holds, the page stands. */
function isoTime(ms: number): string {
  const date = new Date(ms);
  return Number.isNaN(date.getTime()) ? '' : date.toISOString();
}
