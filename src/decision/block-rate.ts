/** Automatic decisions in the last while. The rate guardrails keep it small. */
const MINUTE_MS = 60_000;

export class BlockRate {
  readonly #windowMs: number;
  /** The first is long over. With none V8 would take it for an array of integers, and forget at the first time what it has
   * made of this. */
  #times: number[] = [Number.NEGATIVE_INFINITY];
  /** Before it, all are over. */
  #first = 0;

  /** `windowMs`: how long a decision counts, ms. */
  constructor(windowMs: number = MINUTE_MS) {
    this.#windowMs = windowMs;
  }

  record(atMs: number): void {
    this.#times.push(atMs);
  }

  /** In the window that ends at `nowMs`. Times that lie ahead, after the clock was set back, count. */
  count(nowMs: number): number {
    while (this.#first < this.#times.length && this.#times[this.#first] <= nowMs - this.#windowMs)
      this.#first += 1;
    if (this.#first * 2 > this.#times.length) {
      this.#times = this.#times.slice(this.#first);
      this.#first = 0;
    }
    return this.#times.length - this.#first;
  }
}
