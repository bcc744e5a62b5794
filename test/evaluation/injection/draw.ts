/** Draws from distributions, the same for the same seed. */
import { SeededRandom } from '../../../src/detection/model/seeded-random.ts';

export class Draw {
  readonly #random: SeededRandom;

  /** What is drawn depends on all parts, so that one seed gives each experiment numbers of its own. */
  constructor(...parts: readonly (string | number)[]) {
    this.#random = new SeededRandom(hashOf(parts.join('\n')));
  }

  uniform(least: number, most: number): number {
    return least + (most - least) * this.#random.next();
  }

  /** Between both, each order of magnitude as likely as another. */
  logUniform(least: number, most: number): number {
    return Math.exp(this.uniform(Math.log(least), Math.log(most)));
  }

  /** Pause to the next of events that come at random, `mean` apart. */
  exponential(mean: number): number {
    return -mean * Math.log(1 - this.#random.next());
  }

  /** A whole number from 0 to below `bound`. */
  below(bound: number): number {
    return this.#random.below(bound);
  }

  chance(probability: number): boolean {
    return this.#random.next() < probability;
  }

  /** `value` and up to so large a share of it more or less. */
  around(value: number, share: number): number {
    return value * this.uniform(1 - share, 1 + share);
  }

  /** `choices` is not empty. */
  pick<T>(choices: readonly T[]): T {
    return choices[this.below(choices.length)];
  }
}

/** FNV-1a, 32 bits. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash;
}
