/** Automatic decisions in the last minute. The rate guardrail keeps it small. */
const WINDOW_MS = 60_000;

export class BlockRate {
  #times: number[] = [];

  record(atMs: number): void {
    this.#times.push(atMs);
  }

  /** In the minute that ends at `nowMs`. Times that lie ahead, after the clock was set back, count. */
  count(nowMs: number): number {
    if (this.#times.length > 0 && this.#times[0] <= nowMs - WINDOW_MS) {
      this.#times = this.#times.filter((atMs) => atMs > nowMs - WINDOW_MS);
    }
    return this.#times.length;
  }
}
