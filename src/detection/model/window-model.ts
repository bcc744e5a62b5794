/**
 * An online isolation forest over the windows of all hosts: how unlike the others a window is, without labels. It
 * keeps a fair sample of the windows learnt and regrows its oldest trees from it with each window that the sample
 * takes. Chosen over others by `node test/evaluation/model/main.ts DIR` on recorded traffic.
 *
 * It finds what is more, or other, than usual: scans, dead command and control, bursts. What is quieter than most
 * windows, such as a sparse beacon, it finds normal (ROC AUC 0.06 on one of 72 hours); that is for other detectors.
 *
 * One model for all hosts, 0.7 MB: a model for each would take as much a host, and know too little for days.
 */
import { FEATURE_COUNT, FEATURES, inUnits, STEPS } from './features.ts';
import { IsolationTree, TREE_WINDOWS } from './isolation-tree.ts';
import { SeededRandom } from './seeded-random.ts';
import { WindowSample } from './window-sample.ts';

const TREES = 64;
const TREES_PER_WINDOW = 4;
const SAMPLE_WINDOWS = 1024;
/** Windows in the sample before the model says anything: trees of full size. */
export const WARM_UP_WINDOWS = TREE_WINDOWS;
/** No feature comes near; keeps what is computed from hostile vectors finite, e^500 included. */
const LARGEST = 500;
/** Rows of the sample that are scored again as trees change: all of them within 512 windows. */
const RESCORED_PER_WINDOW = 2;

export interface ModelOptions {
  /** The same seed and windows give the same scores. */
  readonly seed?: number;
  /**
   * Windows that the model stands for: hosts, times 288 a day, times days. Older ones fade. Default and least: 1,024.
   */
  readonly horizonWindows?: number;
}

/** What one feature has to do with a score. */
export interface Contribution {
  /** Place in the vector. */
  readonly place: number;
  readonly feature: string;
  /** In the window, as a person counts: connections, bytes, seconds, a share of 0 to 1. */
  readonly value: number;
  /** In the middle one of all windows. */
  readonly normal: number;
  /** Of what makes the score higher than that of a normal window; together 1. */
  readonly share: number;
}

export class WindowModel {
  readonly #sample: WindowSample;
  readonly #random: SeededRandom;
  readonly #trees = Array.from({ length: TREES }, () => new IsolationTree(STEPS));
  readonly #window = new Float64Array(FEATURE_COUNT);
  readonly #credits = new Float64Array(FEATURE_COUNT);
  readonly #order = new Uint32Array(SAMPLE_WINDOWS);
  /** Of the rows of the sample, by the trees as they are, or were a moment ago. */
  readonly #scores = new Float64Array(SAMPLE_WINDOWS);
  #oldest = 0;
  #rescored = 0;

  constructor({ seed = 1, horizonWindows = SAMPLE_WINDOWS }: ModelOptions = {}) {
    this.#sample = new WindowSample(FEATURE_COUNT, SAMPLE_WINDOWS, horizonWindows, seed);
    this.#random = new SeededRandom(~seed);
    for (let row = 0; row < SAMPLE_WINDOWS; row++) this.#order[row] = row;
  }

  /** Windows of the warm-up that it has: WARM_UP_WINDOWS once it gives scores. */
  get learnt(): number {
    return Math.min(this.#sample.length, WARM_UP_WINDOWS);
  }

  /** Whether `x` is a vector of finite numbers. */
  accepts(x: Float64Array): boolean {
    return this.#take(x);
  }

  /**
   * 0 to 1: 0.5 is a normal window, 1 one that is like none. Undefined while there is too little to compare with, and
   * for what is not accepted.
   */
  score(x: Float64Array): number | undefined {
    if (this.learnt < WARM_UP_WINDOWS || !this.#take(x)) return undefined;
    return this.#scoreOf(this.#window);
  }

  /**
   * Share of windows at least as unusual, the one in question among them: a conformal p-value (Laxhammar and Falkman
   * 2011). As long as nothing changes, a share p of all windows gets a value of p or less. Those compared with are
   * scored by the trees of now: scores of the past are higher, from when the model knew less.
   */
  rarity(score: number): number {
    const { length } = this.#sample;
    const scores = this.#scores;
    let above = 1;
    for (let row = 0; row < length; row++) above += Number(scores[row] >= score);
    return above / (length + 1);
  }

  /**
   * Remember a window; `weight` 0 to 1, less for a host under suspicion, so that it cannot teach the model its ways.
   * What is not accepted is not learnt.
   */
  learn(x: Float64Array, weight = 1): void {
    if (!this.#take(x)) return;
    const row = this.#sample.offer(this.#window, weight > 0 ? Math.min(weight, 1) : 0);
    const { length } = this.#sample;
    if (row === undefined || length < WARM_UP_WINDOWS) return;
    this.#grow(length === WARM_UP_WINDOWS ? TREES : TREES_PER_WINDOW);
    this.#rescore(length === WARM_UP_WINDOWS ? length : RESCORED_PER_WINDOW);
    this.#scores[row] = this.#scoreOf(this.#sample.row(row));
  }

  /** The features that made the score, largest share first; empty where there is no score. */
  explain(x: Float64Array): Contribution[] {
    if (this.learnt < WARM_UP_WINDOWS || !this.#take(x)) return [];
    this.#credits.fill(0);
    this.#scoreOf(this.#window, this.#credits);
    const raised = this.#credits.map((credit) => Math.max(0, credit));
    const all = raised.reduce((sum, credit) => sum + credit, 0);
    const contributions: Contribution[] = [];
    for (const [place, credit] of raised.entries()) {
      if (credit > 0) contributions.push(this.#contribution(place, credit / all));
    }
    return contributions.sort((one, other) => other.share - one.share);
  }

  #contribution(place: number, share: number): Contribution {
    const value = inUnits(place, this.#window[place]);
    return {
      place,
      feature: FEATURES[place],
      value,
      normal: inUnits(place, this.#sample.median(place)),
      share,
    };
  }

  /** What {@link restore} needs: the sample. The trees are grown from it again. */
  state(): Float64Array {
    return this.#sample.state();
  }

  /** For a model that has learnt nothing. False, and nothing is taken, when that is no state of a model. */
  restore(state: Float64Array): boolean {
    if (!this.#sample.restore(state)) return false;
    if (this.learnt < WARM_UP_WINDOWS) return true;
    this.#grow(TREES);
    this.#rescore(this.#sample.length);
    return true;
  }

  /** Make it the window in hand, within bounds. */
  #take(x: Float64Array): boolean {
    if (x.length !== FEATURE_COUNT) return false;
    for (let place = 0; place < FEATURE_COUNT; place++) {
      if (!Number.isFinite(x[place])) return false;
      this.#window[place] = Math.min(LARGEST, Math.max(-LARGEST, x[place]));
    }
    return true;
  }

  /** Adds to `credits` what each feature has to do with it. */
  #scoreOf(window: Float64Array, credits?: Float64Array): number {
    let depth = 0;
    for (let i = 0; i < TREES; i++) depth += this.#trees[i].depth(window, credits);
    return 2 ** -(depth / TREES);
  }

  #rescore(count: number): void {
    for (let i = 0; i < count; i++) {
      this.#rescored = (this.#rescored + 1) % this.#sample.length;
      this.#scores[this.#rescored] = this.#scoreOf(this.#sample.row(this.#rescored));
    }
  }

  #grow(count: number): void {
    for (let i = 0; i < count; i++) {
      this.#trees[this.#oldest].grow(this.#sample.values, this.#draw(), this.#random);
      this.#oldest = (this.#oldest + 1) % TREES;
    }
  }

  /** Rows without repetition: the start of a shuffle (Fisher and Yates). Any order is good to begin with. */
  #draw(): Uint32Array {
    const order = this.#order;
    const length = this.#sample.length;
    for (let i = 0; i < TREE_WINDOWS; i++) {
      const j = i + this.#random.below(length - i);
      const row = order[i];
      order[i] = order[j];
      order[j] = row;
    }
    return order.subarray(0, TREE_WINDOWS);
  }
}
