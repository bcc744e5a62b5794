/** How a sink fares, for people. */

export interface LaneStatus {
  readonly sink: string;
  readonly type: string;
  /**
   * idle: nothing to do; delivering; waiting: held back by the rate limit; failing: tried again and again.
   */
  readonly state: 'idle' | 'delivering' | 'waiting' | 'failing';
  /** Ledger entries not dealt with yet; how many of them are alerts that it wants is known only then. */
  readonly backlog: number;
  /** Alerts taken since the start. */
  readonly delivered: number;
  /** Attempts that failed since the start. */
  readonly failures: number;
  /** Alerts given up since the start: the sink refused them for good. */
  readonly refused: number;
  readonly lastSuccessMs: number | null;
  /** Since when nothing has been taken; null: the last attempt was good. */
  readonly failingSinceMs: number | null;
  /** Why the last attempt failed; null once one has succeeded. */
  readonly error: string | null;
}

export class LaneRecord {
  #isHeld = false;
  #isTrying = false;
  #delivered = 0;
  #failures = 0;
  #refused = 0;
  #lastSuccessMs: number | null = null;
  #failingSinceMs: number | null = null;
  #error: string | null = null;

  tries(): void {
    this.#isTrying = true;
  }

  /** By the rate limit. */
  held(isHeld: boolean): void {
    this.#isHeld = isHeld;
  }

  succeeded(count: number, nowMs: number): void {
    this.#isTrying = false;
    this.#delivered += count;
    this.#lastSuccessMs = nowMs;
    this.#failingSinceMs = null;
    this.#error = null;
  }

  failed(problem: string, nowMs: number): void {
    this.#isTrying = false;
    this.#failures += 1;
    this.#failingSinceMs ??= nowMs;
    this.#error = problem;
  }

  /** The receiver answers, so it does not fail. */
  refused(): void {
    this.#isTrying = false;
    this.#refused += 1;
    this.#failingSinceMs = null;
  }

  status(): Omit<LaneStatus, 'sink' | 'type' | 'backlog'> {
    return {
      state: this.#state(),
      delivered: this.#delivered,
      failures: this.#failures,
      refused: this.#refused,
      lastSuccessMs: this.#lastSuccessMs,
      failingSinceMs: this.#failingSinceMs,
      error: this.#error,
    };
  }

  #state(): LaneStatus['state'] {
    if (this.#failingSinceMs !== null) return 'failing';
    if (this.#isHeld) return 'waiting';
    return this.#isTrying ? 'delivering' : 'idle';
  }
}
