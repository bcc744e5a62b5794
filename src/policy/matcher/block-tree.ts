/**
 * Values of IPv4 addresses: the address space cut into blocks, and a block in which much begins cut again, so that
 * where networks lie close together as where they lie far apart a few steps lead to the value. A binary search would
 * take as many as the logarithm, each a guess of the processor that half the time is wrong.
 *
 *   node    shift | mask | an entry a block
 *   entry   >= 0                value of all addresses in the block
 *           ~(node << 1 | 1)    the block is cut again
 *           ~(at << 5 | n << 1) interval in which the block begins, and how many more begin in it, FEW at most
 *
 * Entries are as many as intervals, or up to twice; of networks in small heaps far apart, some more.
 */
import type { Address } from '../../address/address.ts';
import { roomFor } from './room.ts';

const MOST_BITS = 16;
const FEW = 8;

export class BlockTree {
  readonly #starts: Uint32Array;
  readonly #values: Uint32Array;
  #cells: Int32Array;
  #length = 0;

  /** Starts of intervals in rising order, the first of them 0, and a value of 31 bits for each. */
  constructor(starts: Uint32Array, values: Uint32Array) {
    this.#starts = starts;
    this.#values = values;
    this.#cells = new Int32Array(2 * starts.length + 64);
    this.#cut(0, 32, 0, starts.length - 1);
    this.#cells = this.#cells.slice(0, this.#length);
  }

  find({ d }: Address): number {
    const cells = this.#cells;
    const word = d >>> 0;
    let node = 0;
    for (;;) {
      const entry = cells[node + 2 + ((word >>> cells[node]) & cells[node + 1])];
      if (entry >= 0) return entry;
      if ((entry & 1) === 1) return this.#search(~entry, word);
      node = ~entry >>> 1;
    }
  }

  #search(place: number, word: number): number {
    const starts = this.#starts;
    let at = place >>> 5;
    for (let left = (place >>> 1) & 15; left > 0 && starts[at + 1] <= word; left--) at++;
    return this.#values[at];
  }

  /**
   * A node for the block of `bits` bits at `first`. Interval `at` goes into it or begins with it, `more` begin in it.
   * @returns its place
   */
  #cut(first: number, bits: number, at: number, more: number): number {
    const starts = this.#starts;
    const width = Math.min(bits, MOST_BITS, Math.max(1, Math.ceil(Math.log2(more + 1))));
    const blocks = 2 ** width;
    const size = 2 ** (bits - width);
    const node = this.#take(2 + blocks);
    this.#cells[node] = bits - width;
    this.#cells[node + 1] = blocks - 1;
    const end = at + more;
    let before = at;
    for (let block = 0; block < blocks; block++) {
      const begin = first + block * size;
      if (before < end && starts[before + 1] === begin) before++;
      let last = before;
      while (last < end && starts[last + 1] < begin + size) last++;
      // What is cut may take other cells.
      const entry = this.#entry(begin, bits - width, before, last - before);
      this.#cells[node + 2 + block] = entry;
      before = last;
    }
    return node;
  }

  #entry(begin: number, bits: number, at: number, more: number): number {
    if (more === 0) return this.#values[at];
    if (more <= FEW) return ~((at << 5) | (more << 1));
    return ~((this.#cut(begin, bits, at, more) << 1) | 1);
  }

  #take(cells: number): number {
    const at = this.#length;
    this.#length += cells;
    this.#cells = roomFor(this.#cells, this.#length);
    return at;
  }
}
