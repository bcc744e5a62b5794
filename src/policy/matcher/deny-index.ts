/**
 * Which deny list holds an address: the first in the policy where several do.
 *
 * Each list becomes a step function over the address space, and two are laid over each other in one walk, so that
 * millions of networks take the engine thread no longer than tens of milliseconds:
 *
 *   list 1    0______1111____11____0         start and value of each step; 0: no list
 *   list 2    0__22222222__________0
 *   index     0__22221111____11____0         -> IntervalIndex
 */
import { type Address, addressBits, type Family } from '../../address/address.ts';
import type { AddressRanges } from '../../address/ranges.ts';
import { type FamilyColumns, type PrefixColumns, wordsOf } from '../prefix-columns.ts';
import { IntervalIndex, ipv4Intervals } from './interval-index.ts';

/** No list holds the address. */
export const NO_LIST = 0;

export class DenyIndex {
  readonly #ipv4: IntervalIndex;
  readonly #ipv6: IntervalIndex;

  constructor(lists: readonly PrefixColumns[]) {
    this.#ipv4 = indexFamily(
      4,
      lists.map(({ ipv4 }) => ipv4),
    );
    this.#ipv6 = indexFamily(
      6,
      lists.map(({ ipv6 }) => ipv6),
    );
  }

  /** Number of the list, from 1, or {@link NO_LIST}. */
  find(address: Address): number {
    return address.family === 4 ? this.#ipv4.find4(address) : this.#ipv6.find6(address);
  }

  /** All addresses that a list holds: what {@link find} answers from. */
  ranges(family: Family): AddressRanges {
    return (family === 4 ? this.#ipv4 : this.#ipv6).ranges(family);
  }
}

/** `starts` has one or four words a step. The first step is at the first address of all. */
interface Steps {
  readonly starts: Uint32Array;
  readonly values: Uint32Array;
}

function indexFamily(family: Family, lists: readonly FamilyColumns[]): IntervalIndex {
  const width = wordsOf(family);
  const steps = lists.flatMap((list, i) => (list.lengths.length > 0 ? [stepsOf(list, family, i + 1)] : []));
  const { starts, values } = steps.length === 0 ? new StepWriter(width, 1).steps() : layered(steps, width);
  if (width === 1) return ipv4Intervals(starts, values);
  const a = column(starts, 0);
  return new IntervalIndex([a, column(starts, 1), column(starts, 2), column(starts, 3)], values);
}

/** One word of each IPv6 address. */
function column(starts: Uint32Array, word: number): Uint32Array {
  const words = new Uint32Array(starts.length / 4);
  for (let i = 0; i < words.length; i++) words[i] = starts[4 * i + word];
  return words;
}

/** By halves, so that many lists cost the logarithm of their number. */
function layered(steps: readonly Steps[], width: 1 | 4): Steps {
  if (steps.length === 1) return steps[0];
  const middle = steps.length >> 1;
  return over(layered(steps.slice(0, middle), width), layered(steps.slice(middle), width), width);
}

/** `top`, and `base` where that has nothing. */
function over(top: Steps, base: Steps, width: 1 | 4): Steps {
  const out = new StepWriter(width, top.values.length + base.values.length);
  let [t, b] = [0, 0];
  let value = top.values[0] || base.values[0];
  out.push(top.starts, 0, value);
  for (;;) {
    const next = nextStep(top, t, base, b, width);
    if (next === undefined) return out.steps();
    if (next <= 0) t += 1;
    if (next >= 0) b += 1;
    const then = top.values[t] || base.values[b];
    if (then === value) continue;
    value = then;
    if (next <= 0) out.push(top.starts, t * width, value);
    else out.push(base.starts, b * width, value);
  }
}

/** Which step comes next: -1 that of `top`, 1 that of `base`, 0 both at once; undefined when there is none. */
function nextStep(top: Steps, t: number, base: Steps, b: number, width: 1 | 4): -1 | 0 | 1 | undefined {
  const topEnds = t + 1 === top.values.length;
  if (b + 1 === base.values.length) return topEnds ? undefined : -1;
  if (topEnds) return 1;
  for (let w = 0; w < width; w++) {
    const order = top.starts[(t + 1) * width + w] - base.starts[(b + 1) * width + w];
    if (order !== 0) return order < 0 ? -1 : 1;
  }
  return 0;
}

function stepsOf({ words, lengths }: FamilyColumns, family: Family, value: number): Steps {
  const width = wordsOf(family);
  const out = new StepWriter(width, 2 * lengths.length + 1);
  const next = new Uint32Array(width);
  for (let i = 0; i < lengths.length; i++) {
    if (i > 0 && isBefore(words, i * width, next)) continue;
    out.push(words, i * width, value);
    const goesOn = addressAfter(words, i * width, addressBits(family) - lengths[i], next);
    if (!goesOn) break;
    out.push(next, 0, NO_LIST);
  }
  return out.steps();
}

function isBefore(words: Uint32Array, at: number, next: Uint32Array): boolean {
  for (let w = 0; w < next.length; w++) {
    if (words[at + w] !== next[w]) return words[at + w] < next[w];
  }
  return false;
}

/** The address after a network with `hostBits` bits for hosts, into `next`; false when the network is the last of all. */
function addressAfter(words: Uint32Array, at: number, hostBits: number, next: Uint32Array): boolean {
  let carry = 1;
  for (let w = next.length - 1; w >= 0; w--) {
    const bits = Math.min(32, Math.max(0, hostBits - 32 * (next.length - 1 - w)));
    const last = words[at + w] + (2 ** bits - 1);
    next[w] = last + carry;
    carry = last + carry > 0xffffffff ? 1 : 0;
  }
  return carry === 0;
}

class StepWriter {
  readonly #width: 1 | 4;
  readonly #starts: Uint32Array;
  readonly #values: Uint32Array;
  /** The first step is there: no list, from the first address on. */
  #length = 1;

  constructor(width: 1 | 4, most: number) {
    this.#width = width;
    this.#starts = new Uint32Array(most * width);
    this.#values = new Uint32Array(most);
  }

  /** A later value for the same start replaces the earlier one. */
  push(words: Uint32Array, at: number, value: number): void {
    if (!this.#isLast(words, at)) {
      for (let w = 0; w < this.#width; w++) this.#starts[this.#length * this.#width + w] = words[at + w];
      this.#length += 1;
    }
    this.#values[this.#length - 1] = value;
  }

  #isLast(words: Uint32Array, at: number): boolean {
    for (let w = 0; w < this.#width; w++) {
      if (this.#starts[(this.#length - 1) * this.#width + w] !== words[at + w]) return false;
    }
    return true;
  }

  steps(): Steps {
    return {
      starts: this.#starts.subarray(0, this.#length * this.#width),
      values: this.#values.subarray(0, this.#length),
    };
  }
}
