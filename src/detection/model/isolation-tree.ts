/**
 * One tree of an isolation forest (Liu, Ting, Zhou 2008): random cuts part the windows of a sample until each is
 * alone. A window unlike the others is alone after few cuts, so its depth is small.
 *
 * Two things are different from the published tree, which cannot tell a value far outside of all that it has seen
 * from the largest one that it has seen, and never looks at a feature that was always the same:
 *
 *   low    split         high        gap        value
 *    |-------|------------|------------------------o        A cut drawn over the range that includes the value would
 *                                                           fall into the gap with the chance gap / (gap + range),
 *                                                           as in Mondrian and robust random cut trees
 *   (Lakshminarayanan, Roy, Teh 2014; Guha et al. 2016), and the value would be alone at once. The depth here is what
 *   is expected over that chance. The range counts as a `step` at least, as a smaller difference means nothing.
 *
 *   Where the feature drawn is the same in all windows of a node it cuts none of them, but it stays at the node as a
 *   guard, with a range of 0, and another feature is drawn for the split.
 *
 * Nodes are in the order of a walk that goes left first: the left child of a node is the next one. What is known of one
 * lies together, for a window's walk touches a few nodes of each tree:
 *
 *   low f64 | high f64 | split f64 | guarded f64 | feature u8 | guard u8 | right u8 | count u8 | 4 bytes free
 */
import type { SeededRandom } from './seeded-random.ts';

/** Windows that a tree is grown from. More make trees slower, not better: they mask each other (Liu et al. 2008). */
export const TREE_WINDOWS = 128;
/** One more than log2 of the windows: what is still together then is normal. */
const MOST_DEPTH = 8;
const MOST_NODES = 2 * TREE_WINDOWS - 1;
const NONE = 255;

/** Places in a node: numbers, then bytes. */
const NUMBERS = 5;
const LOW = 0;
const HIGH = 1;
const SPLIT = 2;
/** The value of the guard's feature, the same in all windows. */
const GUARDED = 3;
const BYTES = NUMBERS * 8;
/** Feature of the split; NONE for a leaf. */
const FEATURE = 32;
const GUARD = 33;
/** The right child. */
const RIGHT = 34;
/** Windows of the sample that came here. */
const COUNT = 35;

const EULER = 0.5772156649015329;

/** Mean depth of a window among `count`, by number: that of an unsuccessful search in a binary search tree. */
const MEAN_DEPTH = Float64Array.from({ length: TREE_WINDOWS + 1 }, (_, count) => {
  if (count < 2) return 0;
  return count === 2 ? 1 : 2 * (Math.log(count - 1) + EULER) - (2 * (count - 1)) / count;
});

export class IsolationTree {
  readonly #features: number;
  readonly #steps: Float64Array;
  readonly #numbers = new Float64Array(MOST_NODES * NUMBERS);
  readonly #bytes = new Uint8Array(this.#numbers.buffer);
  /** By node: depth saved on the way to it by a window that nothing sets apart from the others. */
  readonly #saved = new Float64Array(MOST_NODES);
  #nodes = 0;

  /** `steps`: for each feature, the least difference that means something. */
  constructor(steps: Float64Array) {
    this.#features = steps.length;
    this.#steps = steps;
  }

  /** Grow anew from the rows of `values` that `rows` names, TREE_WINDOWS at most; reorders `rows`. */
  grow(values: Float64Array, rows: Uint32Array, random: SeededRandom): void {
    this.#nodes = 0;
    this.#growNode({ values, rows, random }, 0, rows.length, 0);
  }

  #growNode(from: Growth, start: number, end: number, depth: number): void {
    const node = this.#nodes++;
    const bytes = node * BYTES;
    this.#bytes[bytes + COUNT] = end - start;
    this.#bytes[bytes + FEATURE] = NONE;
    this.#bytes[bytes + GUARD] = NONE;
    if (end - start < 2 || depth === MOST_DEPTH || !this.#chooseSplit(node, from, start, end)) return;
    const middle = this.#part(node, from, start, end);
    this.#saved[this.#nodes] = this.#savedBeyond(node, middle - start);
    this.#growNode(from, start, middle, depth + 1);
    this.#saved[this.#nodes] = this.#savedBeyond(node, end - middle);
    this.#bytes[bytes + RIGHT] = this.#nodes;
    this.#growNode(from, middle, end, depth + 1);
  }

  /** Saved at a child of so many windows: the same numbers in the same order as {@link #walk} adds them. */
  #savedBeyond(node: number, count: number): number {
    const mean = MEAN_DEPTH[this.#bytes[node * BYTES + COUNT]];
    return this.#saved[node] + cutSaves(mean, count) / this.#whole();
  }

  #whole(): number {
    return MEAN_DEPTH[this.#bytes[COUNT]] || 1;
  }

  /** False when all windows here are the same. */
  #chooseSplit(node: number, from: Growth, start: number, end: number): boolean {
    const numbers = node * NUMBERS;
    const first = from.random.below(this.#features);
    if (!this.#measure(node, first, from, start, end)) {
      this.#bytes[node * BYTES + GUARD] = first;
      this.#numbers[numbers + GUARDED] = this.#numbers[numbers + LOW];
      if (!this.#measureAnother(node, first, from, start, end)) return false;
    }
    const low = this.#numbers[numbers + LOW];
    this.#numbers[numbers + SPLIT] = low + from.random.next() * (this.#numbers[numbers + HIGH] - low);
    return true;
  }

  #measureAnother(node: number, first: number, from: Growth, start: number, end: number): boolean {
    const shift = from.random.below(this.#features);
    for (let i = 0; i < this.#features; i++) {
      const feature = (first + shift + i) % this.#features;
      if (this.#measure(node, feature, from, start, end)) return true;
    }
    this.#bytes[node * BYTES + FEATURE] = NONE;
    return false;
  }

  /** Whether the feature differs among the windows; its range is kept at the node. */
  #measure(node: number, feature: number, { values, rows }: Growth, start: number, end: number): boolean {
    let low = Number.POSITIVE_INFINITY;
    let high = Number.NEGATIVE_INFINITY;
    const features = this.#features;
    for (let i = start; i < end; i++) {
      const value = values[rows[i] * features + feature];
      if (value < low) low = value;
      if (value > high) high = value;
    }
    this.#bytes[node * BYTES + FEATURE] = feature;
    this.#numbers[node * NUMBERS + LOW] = low;
    this.#numbers[node * NUMBERS + HIGH] = high;
    return low < high;
  }

  /** Rows up to the split first; gives the place of the first one past it. */
  #part(node: number, { values, rows }: Growth, start: number, end: number): number {
    const features = this.#features;
    const feature = this.#bytes[node * BYTES + FEATURE];
    const split = this.#numbers[node * NUMBERS + SPLIT];
    let middle = start;
    for (let i = start; i < end; i++) {
      const row = rows[i];
      const held = rows[middle];
      // Without a branch, of which the processor would guess every other one wrong: both change places, or none.
      const swap = Number(values[row * features + feature] <= split);
      const change = (row ^ held) & -swap;
      rows[i] = row ^ change;
      rows[middle] = held ^ change;
      middle += swap;
    }
    return middle;
  }

  /**
   * Depth to be expected for `x`, as a part of the mean depth of the windows here: 1 is normal, towards 0 is alone.
   * Adds to `credits`, for each feature, how much it took off that 1 (below 0: what it added); together exactly all.
   */
  depth(x: Float64Array, credits?: Float64Array): number {
    if (credits !== undefined) return this.#walk(x, 0, 0, credits);
    const numbers = this.#numbers;
    const bytes = this.#bytes;
    let node = 0;
    // Nearly always to a leaf: what is saved on the way was worked out when the tree grew.
    for (;;) {
      const at = node * BYTES;
      const first = node * NUMBERS;
      const guard = bytes[at + GUARD];
      if (guard !== NONE && x[guard] !== numbers[first + GUARDED]) break;
      const feature = bytes[at + FEATURE];
      if (feature === NONE) return 1 - this.#saved[node];
      const value = x[feature];
      if (value < numbers[first + LOW] || value > numbers[first + HIGH]) break;
      node = value <= numbers[first + SPLIT] ? node + 1 : bytes[at + RIGHT];
    }
    return this.#walk(x, node, this.#saved[node]);
  }

  /** From a node to which `x` has come with the others, and so much saved. */
  #walk(x: Float64Array, from: number, savedBefore: number, credits?: Float64Array): number {
    const numbers = this.#numbers;
    const bytes = this.#bytes;
    const whole = this.#whole();
    let node = from;
    /** Chance that `x` has come here with the others. */
    let together = 1;
    let saved = savedBefore;
    for (;;) {
      const mean = MEAN_DEPTH[bytes[node * BYTES + COUNT]];
      const guard = bytes[node * BYTES + GUARD];
      if (guard !== NONE) {
        const guarded = numbers[node * NUMBERS + GUARDED];
        const alone = together * this.#chanceOfCut(x, guard, guarded, guarded);
        const saves = (alone * cutSaves(mean, 1)) / whole;
        if (credits !== undefined) credits[guard] += saves;
        saved += saves;
        together -= alone;
      }
      const feature = bytes[node * BYTES + FEATURE];
      if (feature === NONE) return 1 - saved;
      const alone =
        together *
        this.#chanceOfCut(x, feature, numbers[node * NUMBERS + LOW], numbers[node * NUMBERS + HIGH]);
      together -= alone;
      const goesLeft = x[feature] <= numbers[node * NUMBERS + SPLIT];
      const next = goesLeft ? node + 1 : bytes[node * BYTES + RIGHT];
      const cut = alone * cutSaves(mean, 1) + together * cutSaves(mean, bytes[next * BYTES + COUNT]);
      if (credits !== undefined) credits[feature] += cut / whole;
      saved += cut / whole;
      node = next;
    }
  }

  #chanceOfCut(x: Float64Array, feature: number, low: number, high: number): number {
    const gap = Math.max(low - x[feature], x[feature] - high);
    return gap > 0 ? gap / (gap + Math.max(high - low, this.#steps[feature])) : 0;
  }
}

/** Depth saved by a cut at a node of a mean depth that leaves `x` with so many windows. The cut itself costs 1. */
function cutSaves(mean: number, count: number): number {
  return mean - 1 - MEAN_DEPTH[count];
}

interface Growth {
  readonly values: Float64Array;
  readonly rows: Uint32Array;
  readonly random: SeededRandom;
}
