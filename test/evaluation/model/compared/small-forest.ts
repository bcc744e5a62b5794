/** The shipped trees for a model of one host alone, which must begin with fewer windows than the shipped model does. */
import { STEPS } from '../../../../src/detection/model/features.ts';
import { IsolationTree, TREE_WINDOWS } from '../../../../src/detection/model/isolation-tree.ts';
import { SeededRandom } from '../../../../src/detection/model/seeded-random.ts';
import type { StreamModel } from './stream-model.ts';

export class SmallForest implements StreamModel {
  readonly #random: SeededRandom;
  readonly #trees = Array.from({ length: 64 }, () => new IsolationTree(STEPS));
  readonly #credits = new Float64Array(STEPS.length);
  readonly #past: Float64Array[] = [];

  constructor(seed: number) {
    this.#random = new SeededRandom(seed);
  }

  score(x: Float64Array): number {
    return -this.#trees.reduce((sum, tree) => sum + tree.depth(x, this.#credits), 0);
  }

  learn(x: Float64Array): void {
    this.#past.push(x);
    if (this.#past.length > TREE_WINDOWS) this.#past.shift();
    const values = Float64Array.from(this.#past.flatMap((window) => [...window]));
    const rows = Uint32Array.from(this.#past.keys());
    for (const tree of this.#trees) tree.grow(values, rows, this.#random);
  }
}
