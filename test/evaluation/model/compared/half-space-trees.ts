/** Half-space trees (Tan, Ting, Liu 2011): counts of the last `period` windows in random halves of random ranges. */
import { SeededRandom } from '../../../../src/detection/model/seeded-random.ts';
import { type StreamModel, scaled } from './stream-model.ts';

interface Node {
  readonly feature: number;
  readonly split: number;
  readonly children: readonly [Node, Node] | undefined;
  reference: number;
  latest: number;
}

export class HalfSpaceTrees implements StreamModel {
  readonly #trees: Node[];
  readonly #period: number;
  #learnt = 0;

  constructor(features: number, seed: number, trees = 100, depth = 8, period = 64) {
    const random = new SeededRandom(seed);
    this.#period = period;
    this.#trees = Array.from({ length: trees }, () => {
      const ranges = Array.from({ length: features }, () => {
        const middle = random.next();
        const half = 2 * Math.max(middle, 1 - middle);
        return [middle - half, middle + half] as const;
      });
      return makeNode(ranges, depth, random);
    });
  }

  score(x: Float64Array): number {
    const point = scaled(x);
    return -this.#trees.reduce((sum, tree) => sum + mass(tree, point, 0.1 * this.#period), 0);
  }

  learn(x: Float64Array): void {
    const point = scaled(x);
    for (const tree of this.#trees)
      for (let node: Node | undefined = tree; node; node = childOf(node, point)) node.latest++;
    if (++this.#learnt % this.#period === 0) this.#trees.forEach(turn);
  }
}

type Ranges = readonly (readonly [low: number, high: number])[];

function makeNode(ranges: Ranges, depth: number, random: SeededRandom): Node {
  const feature = random.below(ranges.length);
  const [low, high] = ranges[feature];
  const split = (low + high) / 2;
  const half = (range: readonly [number, number]) =>
    makeNode(
      ranges.map((all, i) => (i === feature ? range : all)),
      depth - 1,
      random,
    );
  const children = depth === 0 ? undefined : ([half([low, split]), half([split, high])] as const);
  return { feature, split, children, reference: 0, latest: 0 };
}

function childOf({ children, feature, split }: Node, point: Float64Array): Node | undefined {
  return children?.[point[feature] < split ? 0 : 1];
}

function mass(tree: Node, point: Float64Array, limit: number): number {
  let node = tree;
  let depth = 0;
  for (; node.reference >= limit; depth++) {
    const child = childOf(node, point);
    if (!child) break;
    node = child;
  }
  return node.reference * 2 ** depth;
}

function turn(node: Node): void {
  node.reference = node.latest;
  node.latest = 0;
  node.children?.forEach(turn);
}
