/** Robust z-scores above the median of the last windows, added up over the features. */
import { median, medianAbsoluteDeviation } from 'simple-statistics';
import { type StreamModel, scaled } from './stream-model.ts';

const MEMORY = 256;
const LEAST_DEVIATION = 0.03;
const MOST = 20;

export class RobustZ implements StreamModel {
  readonly #past: Float64Array[] = [];

  score(x: Float64Array): number {
    const point = scaled(x);
    return point.reduce((sum, value, i) => {
      const column = this.#past.map((window) => window[i]);
      const deviation = Math.max(1.4826 * medianAbsoluteDeviation(column), LEAST_DEVIATION);
      return sum + Math.min(MOST, Math.max(0, (value - median(column)) / deviation));
    }, 0);
  }

  learn(x: Float64Array): void {
    this.#past.push(scaled(x));
    if (this.#past.length > MEMORY) this.#past.shift();
  }
}
