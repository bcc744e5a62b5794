/** How long to wait before an alert is tried again. */
import { AlertError } from './errors.ts';

/** First and longest wait; each is twice the one before. */
export interface Backoff {
  readonly firstMs: number;
  readonly longestMs: number;
}

/** No receiver may silence us for longer. */
const LONGEST_ASKED_MS = 15 * 60_000;

/**
 * @param failures how many attempts failed in a row before this one
 * @returns ms, between half the wait and all of it, so that senders do not come back all at once; what the receiver asks
 *   for, when that is longer
 */
export function pauseMs({ firstMs, longestMs }: Backoff, failures: number, error: unknown): number {
  const wait = Math.min(longestMs, firstMs * 2 ** Math.min(failures, 30));
  const asked = error instanceof AlertError ? (error.retryAfterMs ?? 0) : 0;
  return Math.max(wait * (0.5 + Math.random() / 2), Math.min(asked, LONGEST_ASKED_MS));
}
