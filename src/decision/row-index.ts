/**
 * Rows by an address of theirs, without an object for any. Open addressing; what has the same address hangs together:
 *
 *   slots   first row of an address + 1, 0 for none; the next slot when one is taken by another address
 *   next    next row of the same address + 1, by row
 *
 * The factors are drawn anew in each process: nobody shall choose addresses that meet in one slot.
 */
import { getRandomValues } from 'node:crypto';
import type { Address } from '../address/address.ts';
import type { Column, StandingRows } from './standing-rows.ts';

const FACTORS = getRandomValues(new Int32Array(4));

export class RowIndex {
  readonly #rows: StandingRows;
  readonly #column: Column;
  readonly #slots: Int32Array;
  readonly #next: Int32Array;
  readonly #shift: number;

  /** Of those that `takes` says. */
  constructor(rows: StandingRows, column: Column, takes: (row: number) => boolean) {
    this.#rows = rows;
    this.#column = column;
    const bits = Math.max(4, 33 - Math.clz32(rows.count));
    this.#shift = 32 - bits;
    this.#slots = new Int32Array(2 ** bits);
    this.#next = new Int32Array(rows.count);
    // The first that was put in is the first that is found.
    for (let row = rows.count - 1; row >= 0; row--) if (takes(row)) this.#put(row);
  }

  /** A row with this address; -1 when there is none. */
  first(address: Address): number {
    const { a, b, c, d } = address;
    let slot = this.#hash(a, b, c, d);
    for (let row = this.#slots[slot] - 1; row >= 0; row = this.#slots[slot] - 1) {
      if (this.#rows.isAt(row, this.#column, address)) return row;
      slot = (slot + 1) & (this.#slots.length - 1);
    }
    return -1;
  }

  /** The next one with the address of this row; -1 when there is none. */
  next(row: number): number {
    return this.#next[row] - 1;
  }

  #put(row: number): void {
    const word = (index: number) => this.#rows.word(row, this.#column, index);
    const [a, b, c, d] = [word(0), word(1), word(2), word(3)];
    let slot = this.#hash(a, b, c, d);
    for (let other = this.#slots[slot] - 1; other >= 0; other = this.#slots[slot] - 1) {
      if (this.#isSame(other, row)) {
        this.#next[row] = other + 1;
        break;
      }
      slot = (slot + 1) & (this.#slots.length - 1);
    }
    this.#slots[slot] = row + 1;
  }

  #isSame(x: number, y: number): boolean {
    if (this.#rows.family(x) !== this.#rows.family(y)) return false;
    for (let i = 3; i >= 0; i--)
      if (this.#rows.word(x, this.#column, i) !== this.#rows.word(y, this.#column, i)) return false;
    return true;
  }

  /** Of the product only the upper bits count. */
  #hash(a: number, b: number, c: number, d: number): number {
    const sum =
      Math.imul(a, FACTORS[0] | 1) ^
      Math.imul(b, FACTORS[1] | 1) ^
      Math.imul(c, FACTORS[2] | 1) ^
      Math.imul(d, FACTORS[3] | 1);
    return Math.imul(sum ^ (sum >>> 15), FACTORS[0] | 1) >>> this.#shift;
  }
}
