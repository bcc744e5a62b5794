/**
 * A fair sample of the windows seen, of constant size. While it fills, every window is taken; then the n-th is taken
 * with the chance size / n and overwrites one at random (algorithm R, Vitter 1985); past the horizon the chance stays
 * at size / horizon, so that old windows fade with the horizon as their mean age (Aggarwal 2006). A window of weight
 * w counts as w windows: what is learnt with weight 0 leaves no trace.
 */
import { SeededRandom } from './seeded-random.ts';

const MEDIAN_AGE = 16;

export class WindowSample {
  /** One row a window, `features` numbers each; rows from `length` on mean nothing. */
  readonly values: Float64Array;
  readonly #features: number;
  readonly #capacity: number;
  readonly #horizon: number;
  readonly #random: SeededRandom;
  readonly #medians: ({ readonly value: number; readonly taken: number } | undefined)[] = [];
  #length = 0;
  #offered = 0;
  /** Windows taken. */
  #taken = 0;

  constructor(features: number, capacity: number, horizon: number, seed: number) {
    this.values = new Float64Array(features * capacity);
    this.#features = features;
    this.#capacity = capacity;
    this.#horizon = Math.max(capacity, horizon);
    this.#random = new SeededRandom(seed);
  }

  get length(): number {
    return this.#length;
  }

  /** Windows offered, by weight. */
  get offered(): number {
    return this.#offered;
  }

  /** The row that it was written to; undefined when it was not taken. Weight 0 to 1. */
  offer(x: Float64Array, weight: number): number | undefined {
    this.#offered += weight;
    if (this.#random.next() >= weight * this.#openness()) return undefined;
    const row = this.#length < this.#capacity ? this.#length++ : this.#random.below(this.#capacity);
    this.values.set(x, row * this.#features);
    this.#taken++;
    return row;
  }

  /** A view, not a copy. */
  row(row: number): Float64Array {
    return this.values.subarray(row * this.#features, (row + 1) * this.#features);
  }

  #openness(): number {
    if (this.#length < this.#capacity) return 1;
    return this.#capacity / Math.min(this.#offered, this.#horizon);
  }

  /**
   * The middle of a feature, the lower one of two, as of a moment ago: at most MEDIAN_AGE windows. NaN when nothing was
   * seen.
   */
  median(feature: number): number {
    const known = this.#medians[feature];
    if (known !== undefined && this.#taken - known.taken < MEDIAN_AGE) return known.value;
    const column = new Float64Array(this.#length);
    for (let row = 0; row < this.#length; row++) column[row] = this.values[row * this.#features + feature];
    const value = column.sort()[(this.#length - 1) >> 1] ?? Number.NaN;
    this.#medians[feature] = { value, taken: this.#taken };
    return value;
  }

  /** For {@link restore}: windows offered, then the rows. */
  state(): Float64Array {
    const state = new Float64Array(1 + this.#length * this.#features);
    state[0] = this.#offered;
    state.set(this.values.subarray(0, this.#length * this.#features), 1);
    return state;
  }

  /** False, and nothing is taken, when that is no state of a sample like this. */
  restore(state: Float64Array): boolean {
    const length = (state.length - 1) / this.#features;
    if (!Number.isInteger(length) || length < 0 || length > this.#capacity) return false;
    if (!state.every(Number.isFinite) || state[0] < 0) return false;
    this.#offered = Math.max(state[0], length);
    this.#length = length;
    this.values.set(state.subarray(1));
    this.#medians.length = 0;
    return true;
  }
}
