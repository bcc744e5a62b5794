/**
 * How long something takes, counted in typed arrays: an observation makes no garbage, so that the hot path can be
 * measured without being slowed.
 *
 *   bounds   0.00001  0.00002 ... 10      upper ends, in seconds, inclusive
 *   counts   3        0       ... 1  0    one more than bounds: the last counts what is beyond
 */

/** From 10 microseconds to 10 seconds. */
const BOUNDS = [
  ...[0.00001, 0.00002, 0.00005, 0.0001, 0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01],
  ...[0.02, 0.05, 0.1, 0.5, 1, 10],
];

/** Plain data. `counts` are of each bucket alone, not of it and those below. */
export interface TimeSummary {
  readonly bounds: readonly number[];
  readonly counts: readonly number[];
  readonly sumSeconds: number;
  readonly count: number;
}

export class TimeHistogram {
  readonly #bounds: Float64Array;
  readonly #counts: Float64Array;
  /** Sum of seconds, and how many. An array, as a field that changes would become a heap object each time. */
  readonly #totals = new Float64Array(2);

  constructor(bounds: readonly number[] = BOUNDS) {
    this.#bounds = Float64Array.from(bounds);
    this.#counts = new Float64Array(bounds.length + 1);
  }

  observe(seconds: number): void {
    let place = 0;
    while (place < this.#bounds.length && seconds > this.#bounds[place]) place++;
    this.#counts[place] += 1;
    this.#totals[0] += seconds;
    this.#totals[1] += 1;
  }

  /** As {@link observe}, from a moment of `performance.now()` until now. */
  since(startedAt: number): void {
    this.observe((performance.now() - startedAt) / 1_000);
  }

  get summary(): TimeSummary {
    const [sumSeconds, count] = this.#totals;
    return { bounds: [...this.#bounds], counts: [...this.#counts], sumSeconds, count };
  }
}
