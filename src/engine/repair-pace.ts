/**
 * How soon the table is mended when somebody else changes it, once or again and again. Another program that insists
 * would otherwise have this thread mend without end, and the ledger fill up; one that insists must not win either.
 *
 *                 harm: mend at once                  harm: mend at once
 *   calm ------------------------------> disturbed ------------------+
 *    ^                                    |   ^                      |   the first AT_ONCE times
 *    |             QUIET_MS without harm  |   +----------------------+
 *    +------------------------------------+
 *    |                                    |  harm: the next time          'contested' is told
 *    |                                    v
 *    +---------------------------- contested --- harm: mend after a pause, twice the last one, MAX_PAUSE_MS at most
 *      QUIET_MS without harm,
 *      'over' is told
 *
 * A pause counts from the first harm that is not mended yet; further harm does not lengthen it. So blocks are never
 * out for longer than MAX_PAUSE_MS and the time that mending takes.
 */

import type { Culprit } from '../ledger/entry.ts';

/** Mended at once in one episode. */
export const AT_ONCE = 5;
const FIRST_PAUSE_MS = 50;
export const MAX_PAUSE_MS = 2_000;
/** An episode is over after this long without harm. */
export const QUIET_MS = 60_000;
/** Programs that an episode names. */
export const MAX_CULPRITS = 5;

export interface Episode {
  /** Transactions of others that touched our table. */
  readonly harms: number;
  /** Distinct by name, the first {@link MAX_CULPRITS}. */
  readonly culprits: readonly Culprit[];
  /** As the clock given to the methods counts. */
  readonly sinceMs: number;
}

export type Pace = 'calm' | 'disturbed' | 'contested';

/** Milliseconds of a clock that nobody sets. */
export class RepairPace {
  #pace: Pace = 'calm';
  #episode: Episode = { harms: 0, culprits: [], sinceMs: 0 };
  #lastHarmMs = Number.NEGATIVE_INFINITY;
  #pauseMs = 0;
  #dueMs = Number.POSITIVE_INFINITY;

  get pace(): Pace {
    return this.#pace;
  }

  get episode(): Episode {
    return this.#episode;
  }

  /** When to mend; Infinity when there is nothing to mend. */
  get dueMs(): number {
    return this.#dueMs;
  }

  /** Somebody changed our table. @returns 'contested' when the episode becomes that now */
  harm(culprit: Culprit | undefined, nowMs: number): 'contested' | undefined {
    if (this.#pace === 'calm') {
      this.#pace = 'disturbed';
      this.#episode = { harms: 0, culprits: [], sinceMs: nowMs };
    }
    const { harms, culprits, sinceMs } = this.#episode;
    this.#episode = { harms: harms + 1, culprits: withCulprit(culprits, culprit), sinceMs };
    this.#lastHarmMs = nowMs;
    const isNews = this.#pace === 'disturbed' && harms >= AT_ONCE;
    if (isNews) this.#pace = 'contested';
    if (this.#dueMs === Number.POSITIVE_INFINITY) this.#dueMs = nowMs + this.#nextPause();
    return isNews ? 'contested' : undefined;
  }

  /** All is as it should be. */
  mended(): void {
    this.#dueMs = Number.POSITIVE_INFINITY;
  }

  /** @returns the episode that is over now, if it was contested */
  over(nowMs: number): Episode | undefined {
    if (this.#pace === 'calm' || nowMs - this.#lastHarmMs < QUIET_MS) return undefined;
    const wasContested = this.#pace === 'contested';
    this.#pace = 'calm';
    this.#pauseMs = 0;
    return wasContested ? this.#episode : undefined;
  }

  #nextPause(): number {
    if (this.#pace !== 'contested') return 0;
    this.#pauseMs = Math.min(MAX_PAUSE_MS, this.#pauseMs === 0 ? FIRST_PAUSE_MS : 2 * this.#pauseMs);
    return this.#pauseMs;
  }
}

function withCulprit(culprits: readonly Culprit[], culprit: Culprit | undefined): readonly Culprit[] {
  const isKnown = culprits.some(({ processName }) => processName === culprit?.processName);
  if (culprit === undefined || isKnown || culprits.length >= MAX_CULPRITS) return culprits;
  return [...culprits, culprit];
}
