/**
 * How fast events of the kernel come. When they come faster than a thread can be woken for each few of them, waking
 * costs more than what they tell: then it pays to let some gather, as network cards do (interrupt moderation). Ends of
 * connections do not count: the kernel makes 65 in a millisecond while it collects what has expired, flood or not.
 */

/** Over so long, so that a burst after a pause is still met at once. */
const WINDOW_MS = 16;
/** 50,000 a second: a busy gateway has some 40,000, of the beginning of a connection and of its first answer. */
const MANY_A_MS = 50;

export class EventRate {
  #since = 0;
  #events = 0;
  #many = false;

  /** The last window was full of them. */
  get many(): boolean {
    return this.#many;
  }

  /** To be told also when none came. `nowMs`: of the clock that nobody sets. */
  took(events: number, nowMs: number): void {
    this.#events += events;
    const window = nowMs - this.#since;
    if (window < WINDOW_MS) return;
    this.#many = this.#events >= MANY_A_MS * window;
    this.#events = 0;
    this.#since = nowMs;
  }
}
