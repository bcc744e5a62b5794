/**
 * Sorted intervals that cover a whole address space, each with a value.
 *
 *   starts   0        10.0.0.0    10.1.0.0    11.0.0.0        columns a b c d for IPv6, d alone for IPv4
 *   values   0        1           2           0
 *
 * An IPv4 address is found through a tree of blocks (block-tree.ts). For IPv6, `first[k]` is the first interval that
 * starts in block k of the leading word's top bits, of which there are as many as make about one interval a block: the
 * binary search is left with a few.
 */
import { type Address, type Family, sameAddress } from '../../address/address.ts';
import { type AddressRanges, AddressRangesBuilder, widthOf } from '../../address/ranges.ts';
import { BlockTree } from './block-tree.ts';

const MOST_BITS = 16;

type Columns = readonly [a: Uint32Array, b: Uint32Array, c: Uint32Array, d: Uint32Array];

/** Collects intervals in rising order; a later value for the same start replaces the earlier one. */
export class IntervalList<T> {
  readonly #family: Family;
  readonly #starts: Address[];
  readonly #values: T[];

  constructor(family: Family, first: T) {
    this.#family = family;
    this.#starts = [{ family, a: 0, b: 0, c: 0, d: 0 }];
    this.#values = [first];
  }

  startAt(address: Address, value: T): void {
    const end = this.#starts.length - 1;
    if (sameAddress(this.#starts[end], address)) {
      this.#values[end] = value;
      return;
    }
    this.#starts.push(address);
    this.#values.push(value);
  }

  /** From the address after this one; nothing comes after the last address of all. */
  startAfter({ family, a, b, c, d }: Address, value: T): void {
    const next = { family, a, b, c, d: (d + 1) >>> 0 };
    if (next.d === 0) {
      if (family === 4) return;
      next.c = (c + 1) >>> 0;
      if (next.c === 0) next.b = (b + 1) >>> 0;
      if (next.c === 0 && next.b === 0) next.a = (a + 1) >>> 0;
      if (next.a === 0 && next.b === 0 && next.c === 0) return;
    }
    this.startAt(next, value);
  }

  /** Values as numbers; neighbours of one number become one interval. */
  index(numberOf: (value: T) => number): IntervalIndex {
    const words = () => new Uint32Array(this.#starts.length);
    const [a, b, c, d, values] = [words(), words(), words(), words(), words()];
    let count = 0;
    this.#starts.forEach((start, i) => {
      const value = numberOf(this.#values[i]);
      if (count > 0 && values[count - 1] === value) return;
      a[count] = start.a;
      b[count] = start.b;
      c[count] = start.c;
      d[count] = start.d;
      values[count++] = value;
    });
    const [last, kept] = [d.slice(0, count), values.slice(0, count)];
    if (this.#family === 4) return ipv4Intervals(last, kept);
    return new IntervalIndex([a.slice(0, count), b.slice(0, count), c.slice(0, count), last], kept);
  }
}

const NONE = new Uint32Array(0);
const NO_STARTS = new Uint32Array(1);

/** `starts` in rising order, the first of them 0. */
export function ipv4Intervals(starts: Uint32Array, values: Uint32Array): IntervalIndex {
  return new IntervalIndex([NONE, NONE, NONE, starts], values);
}

/** At least one: JavaScript shifts by 32 as by 0. */
function blockBits(intervals: number): number {
  return Math.min(MOST_BITS, Math.max(1, Math.ceil(Math.log2(Math.max(1, intervals)))));
}

export class IntervalIndex {
  readonly #a: Uint32Array;
  readonly #b: Uint32Array;
  readonly #c: Uint32Array;
  readonly #d: Uint32Array;
  /** Of the intervals, which cover the whole address space in rising order, each right behind the one before. */
  readonly values: Uint32Array;
  readonly #tree: BlockTree;
  readonly #first: Uint32Array;
  readonly #shift: number;

  /** Columns of IPv4 addresses are empty but the last. */
  constructor([a, b, c, d]: Columns, values: Uint32Array) {
    this.#a = a;
    this.#b = b;
    this.#c = c;
    this.#d = d;
    this.values = values;
    this.#tree = a.length === 0 ? new BlockTree(d, values) : new BlockTree(NO_STARTS, NO_STARTS);
    const bits = blockBits(a.length);
    const blocks = 2 ** bits;
    this.#shift = 32 - bits;
    this.#first = new Uint32Array(blocks + 1);
    for (let i = 0; i < a.length; i++) this.#first[(a[i] >>> this.#shift) + 1]++;
    for (let k = 0; k < blocks; k++) this.#first[k + 1] += this.#first[k];
  }

  /**
   * Value of an IPv4 address. Takes the address whole, like {@link find6}: a word above 2^31 is boxed on the heap when
   * it is passed as an argument of its own.
   */
  find4(address: Address): number {
    return this.#tree.find(address);
  }

  /** Value of an IPv6 address. */
  find6({ a, b, c, d }: Address): number {
    const block = a >>> this.#shift;
    let low = this.#first[block];
    let high = this.#first[block + 1];
    while (low < high) {
      const middle = (low + high) >>> 1;
      let order = this.#a[middle] - a;
      if (order === 0) order = this.#b[middle] - b;
      if (order === 0) order = this.#c[middle] - c;
      if (order === 0) order = this.#d[middle] - d;
      if (order <= 0) low = middle + 1;
      else high = middle;
    }
    return this.values[low - 1];
  }

  /** All addresses that have a value other than 0, or one that `wanted` takes. `family` is that of the index. */
  ranges(family: Family, wanted: (value: number) => boolean = isNotZero): AddressRanges {
    const builder = new AddressRangesBuilder(family);
    const first = new Uint8Array(widthOf(family));
    const last = new Uint8Array(widthOf(family));
    const values = this.values;
    for (let i = 0, from = -1; i <= values.length; i++) {
      const held = i < values.length && wanted(values[i]);
      if (held && from < 0) from = i;
      if (held || from < 0) continue;
      this.#writeStart(from, first);
      if (i === values.length) last.fill(255);
      else this.#writeEndBefore(i, last);
      builder.add(first, last);
      from = -1;
    }
    return builder.finish();
  }

  /** First address of an interval, in network order. `family` is that of the index. */
  firstOf(family: Family, interval: number): Uint8Array {
    const first = new Uint8Array(widthOf(family));
    this.#writeStart(interval, first);
    return first;
  }

  /** The last, included. */
  lastOf(family: Family, interval: number): Uint8Array {
    const last = new Uint8Array(widthOf(family));
    if (interval + 1 < this.values.length) this.#writeEndBefore(interval + 1, last);
    else last.fill(255);
    return last;
  }

  #writeStart(index: number, into: Uint8Array): void {
    writeWord(into, into.length - 4, this.#d[index]);
    if (into.length === 4) return;
    writeWord(into, 0, this.#a[index]);
    writeWord(into, 4, this.#b[index]);
    writeWord(into, 8, this.#c[index]);
  }

  /** The address before the one at which an interval starts, which is not the first of all. */
  #writeEndBefore(index: number, into: Uint8Array): void {
    this.#writeStart(index, into);
    let byte = into.length - 1;
    while (into[byte] === 0) into[byte--] = 255;
    into[byte] -= 1;
  }
}

/** In network order. */
function writeWord(into: Uint8Array, at: number, word: number): void {
  into[at] = word >>> 24;
  into[at + 1] = word >>> 16;
  into[at + 2] = word >>> 8;
  into[at + 3] = word;
}

function isNotZero(value: number): boolean {
  return value !== 0;
}
