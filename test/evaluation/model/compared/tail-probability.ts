/** Online ECOD (Li et al. 2022): for each feature, how much of the past was at least as extreme; logarithms added up. */
import { type StreamModel, scaled } from './stream-model.ts';

const BINS = 48;
const MEMORY = 0.998;

export class TailProbability implements StreamModel {
  readonly #histograms: Float64Array[];
  #total = 0;

  constructor(features: number) {
    this.#histograms = Array.from({ length: features }, () => new Float64Array(BINS));
  }

  score(x: Float64Array): number {
    const point = scaled(x);
    return this.#histograms.reduce((sum, histogram, i) => {
      const bin = binOf(point[i]);
      const tail = Math.min(this.#share(histogram, 0, bin), this.#share(histogram, bin, BINS - 1));
      return sum - Math.log(Math.min(1, 2 * tail));
    }, 0);
  }

  /** With ten windows more, half of them in each tail: nothing is impossible. */
  #share(histogram: Float64Array, first: number, last: number): number {
    let inside = 10;
    for (let bin = first; bin <= last; bin++) inside += histogram[bin];
    return inside / (this.#total + 20);
  }

  learn(x: Float64Array): void {
    const point = scaled(x);
    this.#total = this.#total * MEMORY + 1;
    this.#histograms.forEach((histogram, i) => {
      for (let bin = 0; bin < BINS; bin++) histogram[bin] *= MEMORY;
      histogram[binOf(point[i])]++;
    });
  }
}

function binOf(value: number): number {
  return Math.min(BINS - 1, Math.floor(value * BINS));
}
