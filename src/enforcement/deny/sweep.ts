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
import { type AddressRanges, firstOf, lastOf } from '../../address/ranges.ts';

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

/** `changes` is how many removals and additions make a step. Nothing is given when the lists are alike. */
export function* sweep(old: AddressRanges, next: AddressRanges, changes: number): Generator<SweepStep> {
  const walk = new Walk(old, next);
  for (;;) {
    const more = walk.take(changes);
    const { step } = walk;
    if (step.add.length + step.remove.length > 0) yield step;
    if (!more) return;
  }
}

class Walk {
  step: SweepStep = { remove: [], add: [] };
  readonly #old: AddressRanges;
  readonly #next: AddressRanges;
  /** The first range of each list that ends at or behind the frontier. */
  #i = 0;
  #j = 0;
  /** Where what is left of old range i begins, once it was cut. */
  #rest: Uint8Array | undefined;
  /** Where next range j ends so far, once it was begun. */
  #grown: Uint8Array | undefined;

  constructor(old: AddressRanges, next: AddressRanges) {
    this.#old = old;
    this.#next = next;
  }

  /** Make the next step. @returns whether there may be another */
  take(changes: number): boolean {
    this.step = { remove: [], add: [] };
    const { remove, add } = this.step;
    while (this.#i < this.#old.count || this.#j < this.#next.count) {
      if (this.#skipAlike()) continue;
      const end = this.#takeNearest();
      if (remove.length + add.length < changes) continue;
      this.#cutAt(end);
      return true;
    }
    return false;
  }

  #skipAlike(): boolean {
    if (this.#i === this.#old.count || this.#j === this.#next.count) return false;
    if (this.#rest !== undefined || this.#grown !== undefined) return false;
    const alike =
      Buffer.compare(firstOf(this.#old, this.#i), firstOf(this.#next, this.#j)) === 0 &&
      Buffer.compare(lastOf(this.#old, this.#i), lastOf(this.#next, this.#j)) === 0;
    if (!alike) return false;
    this.#i += 1;
    this.#j += 1;
    return true;
  }

  /** Take what ends first, of both lists when they end together. @returns where it ends */
  #takeNearest(): Uint8Array {
    const oldEnd = this.#i < this.#old.count ? lastOf(this.#old, this.#i) : undefined;
    const nextEnd = this.#j < this.#next.count ? lastOf(this.#next, this.#j) : undefined;
    const order = oldEnd === undefined ? 1 : nextEnd === undefined ? -1 : Buffer.compare(oldEnd, nextEnd);
    if (order <= 0) this.#takeOld();
    if (order >= 0) this.#takeNext();
    return (order <= 0 ? oldEnd : nextEnd) as Uint8Array;
  }

  #takeOld(): void {
    const first = this.#rest ?? firstOf(this.#old, this.#i);
    this.step.remove.push({ first, last: lastOf(this.#old, this.#i) });
    this.#rest = undefined;
    this.#i += 1;
  }

  #takeNext(): void {
    const [first, last] = [firstOf(this.#next, this.#j), lastOf(this.#next, this.#j)];
    if (this.#grown !== undefined) this.step.remove.push({ first, last: this.#grown });
    this.step.add.push({ first, last });
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
    this.#rest = addressBehind(end);
    this.step.remove.push({ first, last });
    this.step.add.push({ first: this.#rest, last });
  }

  #growNext(end: Uint8Array): void {
    if (this.#j === this.#next.count) return;
    const first = firstOf(this.#next, this.#j);
    if (Buffer.compare(first, end) > 0) return;
    if (this.#grown !== undefined) this.step.remove.push({ first, last: this.#grown });
    this.step.add.push({ first, last: end });
    this.#grown = end;
  }
}

/** Of an address that is not the last of all. */
function addressBehind(address: Uint8Array): Uint8Array {
  const behind = Uint8Array.from(address);
  let byte = behind.length - 1;
  while (behind[byte] === 255) behind[byte--] = 0;
  behind[byte] += 1;
  return behind;
}
