/** Robust random cut forest (Guha, Mishra, Roy, Schrijvers 2016): collusive displacement in trees of the last windows. */
import { SeededRandom } from '../../../../src/detection/model/seeded-random.ts';
import { type StreamModel, scaled } from './stream-model.ts';

interface Node {
  parent: Node | undefined;
  count: number;
  low: Float64Array;
  high: Float64Array;
  /** A leaf has none. */
  cut: { feature: number; at: number; left: Node; right: Node } | undefined;
}

export class RandomCutForest implements StreamModel {
  readonly #trees: CutTree[];
  readonly #size: number;

  constructor(seed: number, trees = 40, size = 256) {
    this.#size = size;
    this.#trees = Array.from({ length: trees }, (_, i) => new CutTree(new SeededRandom(seed * 1000 + i)));
  }

  score(x: Float64Array): number {
    const point = scaled(x);
    let sum = 0;
    for (const tree of this.#trees) {
      const leaf = tree.insert(point);
      sum += displacement(leaf);
      tree.remove(leaf);
    }
    return sum / this.#trees.length;
  }

  learn(x: Float64Array): void {
    const point = scaled(x);
    for (const tree of this.#trees) tree.keep(point, this.#size);
  }
}

class CutTree {
  readonly #random: SeededRandom;
  readonly #leaves: Node[] = [];
  #root: Node | undefined;

  constructor(random: SeededRandom) {
    this.#random = random;
  }

  keep(point: Float64Array, size: number): void {
    if (this.#leaves.length === size) this.remove(this.#leaves.shift()!);
    this.#leaves.push(this.insert(point));
  }

  insert(point: Float64Array): Node {
    const leaf: Node = { parent: undefined, count: 1, low: point, high: point, cut: undefined };
    if (this.#root === undefined) {
      this.#root = leaf;
      return leaf;
    }
    for (let node = this.#root; ; ) {
      const cut = this.#drawCut(node, point);
      if (cut !== undefined) return this.#putBeside(node, leaf, cut);
      if (node.cut === undefined) {
        for (let up: Node | undefined = node; up; up = up.parent) up.count++;
        return node;
      }
      node = point[node.cut.feature] <= node.cut.at ? node.cut.left : node.cut.right;
    }
  }

  /** A cut through the box of node and point; undefined when it does not part them. */
  #drawCut({ low, high }: Node, point: Float64Array): { feature: number; at: number } | undefined {
    let lengths = 0;
    for (let i = 0; i < point.length; i++)
      lengths += Math.max(high[i], point[i]) - Math.min(low[i], point[i]);
    let place = this.#random.next() * lengths;
    for (let feature = 0; feature < point.length; feature++) {
      const from = Math.min(low[feature], point[feature]);
      const length = Math.max(high[feature], point[feature]) - from;
      if (place >= length) {
        place -= length;
        continue;
      }
      const at = from + place;
      const parts = point[feature] <= at ? at < low[feature] : at >= high[feature];
      return parts ? { feature, at } : undefined;
    }
    return undefined;
  }

  #putBeside(node: Node, leaf: Node, { feature, at }: { feature: number; at: number }): Node {
    const [left, right] = leaf.low[feature] <= at ? [leaf, node] : [node, leaf];
    const { parent } = node;
    const branch: Node = {
      parent,
      count: node.count,
      low: node.low.slice(),
      high: node.high.slice(),
      cut: { feature, at, left, right },
    };
    this.#replace(node, branch, parent);
    node.parent = branch;
    leaf.parent = branch;
    for (let up: Node | undefined = branch; up; up = up.parent) {
      up.count++;
      for (let i = 0; i < leaf.low.length; i++) {
        up.low[i] = Math.min(up.low[i], leaf.low[i]);
        up.high[i] = Math.max(up.high[i], leaf.low[i]);
      }
    }
    return leaf;
  }

  remove(leaf: Node): void {
    const { parent } = leaf;
    if (leaf.count === 1) {
      if (parent === undefined) this.#root = undefined;
      else this.#replace(parent, sibling(leaf)!, parent.parent);
    }
    for (let up: Node | undefined = leaf; up; up = up.parent) {
      up.count--;
      if (leaf.count === 0 && up !== leaf && up !== parent) fitBox(up);
    }
  }

  #replace(old: Node, by: Node, parent: Node | undefined): void {
    by.parent = parent;
    if (parent?.cut === undefined) this.#root = by;
    else if (parent.cut.left === old) parent.cut.left = by;
    else parent.cut.right = by;
  }
}

function sibling(node: Node): Node | undefined {
  const cut = node.parent?.cut;
  return cut?.left === node ? cut.right : cut?.left;
}

function fitBox({ cut, low, high }: Node): void {
  if (cut === undefined) return;
  for (let i = 0; i < low.length; i++) {
    low[i] = Math.min(cut.left.low[i], cut.right.low[i]);
    high[i] = Math.max(cut.left.high[i], cut.right.high[i]);
  }
}

function displacement(leaf: Node): number {
  let most = 0;
  for (let node = leaf; node.parent; node = node.parent)
    most = Math.max(most, (sibling(node)?.count ?? 0) / node.count);
  return most;
}
