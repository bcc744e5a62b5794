/** Which rule allows a key: the rules between one class of hosts and one class of destinations, by service. */
import { LAST_KEY } from '../key-range.ts';
import type { KeyRange } from '../policy.ts';

export const NO_RULE = -1;

/** Keys and the first rule that allows them. */
export interface RuledKeys extends KeyRange {
  readonly rule: number;
}

/**
 * Intervals of keys, each with the first rule that allows it, as one run of words:
 *
 *   count | starts in rising order, `count` | rules, `count`
 */
export class ServiceIndex {
  readonly cells: Int32Array;

  constructor(starts: Int32Array, rules: Int32Array) {
    this.cells = new Int32Array(1 + 2 * starts.length);
    this.cells[0] = starts.length;
    this.cells.set(starts, 1);
    this.cells.set(rules, 1 + starts.length);
  }

  /** What is allowed, in rising order; neighbours are of different rules. */
  ranges(): RuledKeys[] {
    const [count] = this.cells;
    const starts = this.cells.subarray(1, 1 + count);
    const ranges: RuledKeys[] = [];
    this.cells.subarray(1 + count).forEach((rule, i) => {
      if (rule === NO_RULE) return;
      const first = starts[i];
      const last = i + 1 < count ? starts[i + 1] - 1 : LAST_KEY;
      const before = ranges.at(-1);
      if (before?.rule === rule && before.last === first - 1) ranges[ranges.length - 1] = { ...before, last };
      else ranges.push({ first, last, rule });
    });
    return ranges;
  }

  /** Index of the rule, or {@link NO_RULE}. */
  find(key: number): number {
    return findRule(this.cells, 0, key);
  }
}

/** Index of the rule, or {@link NO_RULE}; the words of a {@link ServiceIndex} are at a place of `cells`. */
export function findRule(cells: Int32Array, at: number, key: number): number {
  const count = cells[at];
  const first = at + 1;
  let low = first;
  let high = first + count;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (cells[middle] <= key) low = middle + 1;
    else high = middle;
  }
  return low === first ? NO_RULE : cells[low - 1 + count];
}

export const EMPTY_INDEX = new ServiceIndex(new Int32Array(0), new Int32Array(0));

/** `rules` in rising order: where two allow the same key, the first in the policy is named. */
export function indexServices(
  rules: readonly number[],
  keysOf: (rule: number) => readonly KeyRange[],
): ServiceIndex {
  if (rules.length === 0) return EMPTY_INDEX;
  const cuts = new Set<number>();
  for (const rule of rules) {
    for (const { first, last } of keysOf(rule)) cuts.add(first).add(last + 1);
  }
  const starts = Int32Array.from(cuts).sort();
  const found = new Int32Array(starts.length).fill(NO_RULE);
  const free = new FreeSlots(starts.length);
  for (const rule of rules) {
    for (const { first, last } of keysOf(rule)) {
      for (
        let i = free.from(lowerBound(starts, first));
        i < starts.length && starts[i] <= last;
        i = free.from(i)
      ) {
        found[i] = rule;
        free.take(i);
      }
    }
  }
  return new ServiceIndex(starts, found);
}

function lowerBound(sorted: Int32Array, value: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle] < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Slots not taken yet; skips runs of taken ones in nearly constant time (union-find with path halving). */
class FreeSlots {
  readonly #next: Int32Array;

  constructor(length: number) {
    this.#next = Int32Array.from({ length: length + 1 }, (_, i) => i);
  }

  /** The first free slot at or after `i`; the length when there is none. */
  from(i: number): number {
    let slot = i;
    while (this.#next[slot] !== slot) {
      this.#next[slot] = this.#next[this.#next[slot]];
      slot = this.#next[slot];
    }
    return slot;
  }

  take(i: number): void {
    this.#next[i] = i + 1;
  }
}
