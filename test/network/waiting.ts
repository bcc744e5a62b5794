/** Wait for a condition, never for a span of time. */
import { setTimeout as pause } from 'node:timers/promises';

/** What has not happened after a second is not asked for a hundred times a second: others compute meanwhile. */
const FIRST_PAUSE_MS = 5;
const LONGEST_PAUSE_MS = 100;
const GROWTH = 1.25;

/**
 * Ask until the answer is truthy and return it; throw `what` when it is not within `timeoutMs`. The pauses between
 * grow up to a tenth of a second, unless `everyMs` says how long each is.
 */
export async function until<T>(
  what: string,
  ask: () => T | Promise<T>,
  { timeoutMs = 10_000, everyMs }: { timeoutMs?: number; everyMs?: number } = {},
): Promise<NonNullable<T>> {
  const deadline = Date.now() + timeoutMs;
  for (let pauseMs = everyMs ?? FIRST_PAUSE_MS; ; ) {
    const answer = await ask();
    if (answer) return answer;
    if (Date.now() > deadline) throw new Error(`waited ${timeoutMs} ms in vain for: ${what}`);
    await pause(pauseMs);
    if (everyMs === undefined) pauseMs = Math.min(pauseMs * GROWTH, LONGEST_PAUSE_MS);
  }
}
