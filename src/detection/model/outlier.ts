/**
 * From a window's score to a statement about its host. A score has no scale of its own, so it counts by its rank among
 * all windows that the model stands for: an outlier is among the most unusual 1 in 100. That happens to honest hosts
 * every day, so its confidence is a weight beside other evidence and never enough to act:
 *
 *   confidence = 0.1 + 0.2 log10(0.01 / rarity), at most 0.3        0.3 for 1 in 1,000 and beyond
 */
import type { Judgement } from '../judgement.ts';
import { sentence } from './features.ts';
import { seal, unseal } from './state-frame.ts';
import { type Contribution, type ModelOptions, WARM_UP_WINDOWS, WindowModel } from './window-model.ts';

const RARE = 0.01;
const LEAST_CONFIDENCE = 0.1;
const CONFIDENCE_FOR_TENFOLD = 0.2;
export const MOST_CONFIDENCE = 0.3;
/** Features that a person is told of. */
const MOST_TOLD = 4;
const LEAST_SHARE = 0.1;

export type WindowVerdict =
  /** Too little is known: `learnt` of `needed` windows. */
  | { readonly kind: 'abstained'; readonly learnt: number; readonly needed: number }
  /** No vector of finite numbers. */
  | { readonly kind: 'refused' }
  | { readonly kind: 'usual'; readonly score: number; readonly rarity: number }
  | Outlier;

export interface Outlier extends Judgement {
  readonly kind: 'outlier';
  readonly score: number;
  /** Share of windows at least as unusual. */
  readonly rarity: number;
  readonly contributions: readonly Contribution[];
}

export class OutlierJudge {
  readonly #model: WindowModel;

  constructor(options: ModelOptions = {}) {
    this.#model = new WindowModel(options);
  }

  /** How far the warm-up is, in windows. */
  get warmUp(): { readonly learnt: number; readonly needed: number } {
    return { learnt: this.#model.learnt, needed: WARM_UP_WINDOWS };
  }

  /**
   * Judge a window by those before it, then learn it with `weight` (0 to 1): less for a host under suspicion. That a
   * window is an outlier is no reason for less: without the outliers, the next most unusual would be in their place.
   * An outlier that is not wanted passes as usual: to explain one costs as much as to judge a hundred.
   */
  judge(x: Float64Array, weight = 1, isWanted: (confidence: number) => boolean = () => true): WindowVerdict {
    if (!this.#model.accepts(x)) return { kind: 'refused' };
    const verdict = this.#compare(x, isWanted);
    this.#model.learn(x, weight);
    return verdict;
  }

  #compare(x: Float64Array, isWanted: (confidence: number) => boolean): WindowVerdict {
    const score = this.#model.score(x);
    if (score === undefined)
      return { kind: 'abstained', learnt: this.#model.learnt, needed: WARM_UP_WINDOWS };
    const rarity = this.#model.rarity(score);
    if (rarity > RARE) return { kind: 'usual', score, rarity };
    const unbounded = LEAST_CONFIDENCE + CONFIDENCE_FOR_TENFOLD * Math.log10(RARE / rarity);
    const confidence = Math.min(MOST_CONFIDENCE, unbounded);
    if (!isWanted(confidence)) return { kind: 'usual', score, rarity };
    const contributions = this.#model.explain(x);
    return {
      kind: 'outlier',
      score,
      rarity,
      contributions,
      confidence,
      ...wording(rarity, contributions),
    };
  }

  /** For {@link fromBytes}; 107 kB at most. */
  toBytes(): Uint8Array {
    return seal(this.#model.state());
  }

  /** A judge that goes on where it was; a fresh one when the bytes are damaged or of another version. */
  static fromBytes(bytes: Uint8Array, options: ModelOptions = {}): OutlierJudge {
    const judge = new OutlierJudge(options);
    const state = unseal(bytes);
    if (state !== undefined) judge.#model.restore(state);
    return judge;
  }
}

function wording(
  rarity: number,
  contributions: readonly Contribution[],
): Pick<Judgement, 'happened' | 'normal'> {
  const told = contributions.filter(({ share }) => share >= LEAST_SHARE).slice(0, MOST_TOLD);
  const list = (which: 'value' | 'normal') => told.map((one) => sentence(one.place, one[which])).join('; ');
  // Never rounded up to all.
  const others = Math.floor((1 - rarity) * 1000) / 10;
  return {
    happened: `5 minutes more unusual than ${others} % of all hosts' windows: ${list('value')}`,
    normal: `median of all hosts' windows: ${list('normal')}`,
  };
}
