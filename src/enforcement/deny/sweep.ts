/**
 * From one list of ranges to another in steps that each fit one transaction. Between two steps the kernel holds the
 * new list below a frontier and the old one from it on, so that no address is without both, and none has more than
 * one of them says. A range that lies over the frontier is cut there until the sweep has passed:
 *
 *   old      |-------- a --------|        |-- b --|
 *   next     |- p -| |- q -| |------ r ------|
 *                          ^ frontier
 *   kernel   |- p -| |- q -||- a -|        |-- b --|             removed a; added p, q, the rest of a
 *   next     |- p -| |- q -| |------ r ------|
 *                                         ^ frontier
 *   kernel   |- p -| |- q -| |---- r ----||-- b --|              removed the rest of a; added r so far
 *
 * What is in both lists alike is not touched.
 */
import {
  type AddressRanges,
  AddressRangesBuilder,
  addressBeside,
  compareLasts,
  findRange,
  firstOf,
  isSameRange,
  lastOf,
} from '../../address/ranges.ts';

export interface AddressRange {
  readonly first: Uint8Array;
  readonly last: Uint8Array;
}

/** Removals come first: an addition may take the place of what was removed. */
export interface SweepStep {
  readonly remove: AddressRange[];
  readonly add: AddressRange[];
}

/** A step has at most this many changes more than asked for: what lies over the frontier. */
export const MOST_OVER = 4;

/** How far a sweep is. */
interface Position {
  /** The first range of each list that ends at or behind the frontier. */
  readonly i: number;
  readonly j: number;
  /** Where what is left of old range i begins, once it was cut. */
  readonly rest: Uint8Array | undefined;
  /** Where next range j ends so far, once it was begun. */
  readonly grown: Uint8Array | undefined;
}

export class Sweep {
  readonly #old: AddressRanges;
  readonly #next: AddressRanges;
  #step: SweepStep = { remove: [], add: [] };
  #i = 0;
  #j = 0;
  #rest: Uint8Array | undefined;
  #grown: Uint8Array | undefined;
  #before: Position = { i: 0, j: 0, rest: undefined, grown: undefined };

  constructor(old: AddressRanges, next: AddressRanges) {
    this.#old = old;
    this.#next = next;
  }

  /** Ranges of both lists. */
  get size(): number {
    return this.#old.count + this.#next.count;
  }

  /** The next step, of about so many removals and additions; undefined when there is none. */
  take(changes: number): SweepStep | undefined {
    this.#before = { i: this.#i, j: this.#j, rest: this.#rest, grown: this.#grown };
    this.#step = { remove: [], add: [] };
    const { remove, add } = this.#step;
    while (this.#i < this.#old.count || this.#j < this.#next.count) {
      if (this.#skipAlike()) continue;
      const end = this.#takeNearest();
      if (remove.length + add.length < changes) continue;
      this.#cutAt(end);
      break;
    }
    return remove.length + add.length > 0 ? this.#step : undefined;
  }

  /** No step is left. */
  get isOver(): boolean {
    while (this.#skipAlike());
    return this.#i === this.#old.count && this.#j === this.#next.count;
  }

  /** The step taken last was not carried out. */
  rewind(): void {
    const { i, j, rest, grown } = this.#before;
    this.#i = i;
    this.#j = j;
    this.#rest = rest;
    this.#grown = grown;
  }

  /** What stands when all steps taken were carried out, in rising order. */
  *standing(): Generator<AddressRange> {
    for (let at = 0; at < this.#j; at++) yield rangeAt(this.#next, at);
    if (this.#grown !== undefined) yield { first: firstOf(this.#next, this.#j), last: this.#grown };
    if (this.#i === this.#old.count) return;
    const { last } = rangeAt(this.#old, this.#i);
    yield { first: this.#rest ?? firstOf(this.#old, this.#i), last };
    for (let at = this.#i + 1; at < this.#old.count; at++) yield rangeAt(this.#old, at);
  }

  /** {@link standing} as a list; a whole one is not copied. */
  collect(): AddressRanges {
    const [i, j] = [this.#i, this.#j];
    if (i === this.#old.count && j === this.#next.count) return this.#next;
    if (i + j === 0 && this.#rest === undefined && this.#grown === undefined) return this.#old;
    const builder = new AddressRangesBuilder(this.#old.family);
    for (const { first, last } of this.standing()) builder.add(first, last);
    return builder.finish();
  }

  /** Whether exactly this range is among {@link standing}. */
  stands({ first, last }: AddressRange): boolean {
    const isNew = findRange(this.#next, first);
    if (isNew >= 0 && isNew < this.#j) return same(rangeAt(this.#next, isNew), first, last);
    if (isNew === this.#j && this.#grown !== undefined && Buffer.compare(first, this.#grown) <= 0)
      return same({ first: firstOf(this.#next, this.#j), last: this.#grown }, first, last);
    const isOld = findRange(this.#old, first);
    if (isOld < this.#i) return false;
    const old = rangeAt(this.#old, isOld);
    return same(isOld === this.#i ? { first: this.#rest ?? old.first, last: old.last } : old, first, last);
  }

  #skipAlike(): boolean {
    if (this.#i === this.#old.count || this.#j === this.#next.count) return false;
    if (this.#rest !== undefined || this.#grown !== undefined) return false;
    if (!isSameRange(this.#old, this.#i, this.#next, this.#j)) return false;
    this.#i += 1;
    this.#j += 1;
    return true;
  }

  /** Take what ends first, of both lists when they end together. @returns where it ends */
  #takeNearest(): Uint8Array {
    const [old, next, i, j] = [this.#old, this.#next, this.#i, this.#j];
    const order = i === old.count ? 1 : j === next.count ? -1 : compareLasts(old, i, next, j);
    if (order <= 0) this.#takeOld();
    if (order >= 0) this.#takeNext();
    return order <= 0 ? lastOf(old, i) : lastOf(next, j);
  }

  #takeOld(): void {
    const first = this.#rest ?? firstOf(this.#old, this.#i);
    this.#step.remove.push({ first, last: lastOf(this.#old, this.#i) });
    this.#rest = undefined;
    this.#i += 1;
  }

  #takeNext(): void {
    const [first, last] = [firstOf(this.#next, this.#j), lastOf(this.#next, this.#j)];
    if (this.#grown !== undefined) this.#step.remove.push({ first, last: this.#grown });
    this.#step.add.push({ first, last });
    this.#grown = undefined;
    this.#j += 1;
  }

  /** The frontier is right behind `end`. */
  #cutAt(end: Uint8Array): void {
    this.#cutOld(end);
    this.#growNext(end);
  }

  #cutOld(end: Uint8Array): void {
    if (this.#i === this.#old.count) return;
    const first = this.#rest ?? firstOf(this.#old, this.#i);
    if (Buffer.compare(first, end) > 0) return;
    const last = lastOf(this.#old, this.#i);
    this.#rest = addressBeside(end, 1);
    this.#step.remove.push({ first, last });
    this.#step.add.push({ first: this.#rest, last });
  }

  #growNext(end: Uint8Array): void {
    if (this.#j === this.#next.count) return;
    const first = firstOf(this.#next, this.#j);
    if (Buffer.compare(first, end) > 0) return;
    if (this.#grown !== undefined) this.#step.remove.push({ first, last: this.#grown });
    this.#step.add.push({ first, last: end });
    this.#grown = end;
  }
}

function rangeAt(ranges: AddressRanges, index: number): AddressRange {
  return { first: firstOf(ranges, index), last: lastOf(ranges, index) };
}

function same(range: AddressRange, first: Uint8Array, last: Uint8Array): boolean {
  return Buffer.compare(range.first, first) === 0 && Buffer.compare(range.last, last) === 0;
}
