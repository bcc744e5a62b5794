/**
 * All elements of a set of one field in little memory, in ascending order: a million take megabytes, where as many
 * objects take hundreds. The key of a set that is no interval set is both ends of its range.
 *
 *   dump     END b  START a  END d  START c ...     in whatever order, each a key and a flag
 *   bytes    a b-1 | c d-1 | ...                    first and last, both included
 */
import { compareKeys } from './key-arithmetic.ts';

/** Collects keys as they come. */
export class KeyList {
  /** Bytes of one key. */
  readonly #width: number;
  #keys: Uint8Array;
  #ends: Uint8Array;
  #count = 0;

  constructor(width: number) {
    this.#width = width;
    this.#keys = new Uint8Array(64 * width);
    this.#ends = new Uint8Array(64);
  }

  /** `key` is copied. @param isEnd what it says lies behind an interval */
  add(key: Uint8Array, isEnd: boolean): void {
    if (this.#count === this.#ends.length) this.#grow();
    this.#keys.set(key, this.#count * this.#width);
    this.#ends[this.#count] = isEnd ? 1 : 0;
    this.#count += 1;
  }

  /** Each key a range of its own. */
  singles(): Uint8Array {
    if (this.#width === 4) return this.#words();
    const ranges = new RangeWriter(this.#count, this.#width);
    for (const index of this.#ascending()) ranges.add(this.#key(index), this.#key(index));
    return ranges.finish();
  }

  /** {@link singles} of IPv4, which a hash set gives in no order: numbers are sorted ten times as fast. */
  #words(): Uint8Array {
    const keys = new DataView(this.#keys.buffer);
    const words = Uint32Array.from({ length: this.#count }, (_, i) => keys.getUint32(4 * i)).sort();
    const ranges = new DataView(new ArrayBuffer(8 * words.length));
    words.forEach((word, i) => {
      ranges.setUint32(8 * i, word);
      ranges.setUint32(8 * i + 4, word);
    });
    return new Uint8Array(ranges.buffer);
  }

  /** Ends joined to the starts before them (see intervals.ts for ends and starts that are alone). */
  intervals(): Uint8Array {
    const ranges = new RangeWriter(this.#count, this.#width);
    let start: Uint8Array | undefined;
    for (const index of this.#ascending()) {
      const key = this.#key(index);
      if (start !== undefined) ranges.addUpTo(start, key);
      start = this.#ends[index] === 0 ? key : undefined;
    }
    if (start !== undefined) ranges.add(start, new Uint8Array(this.#width).fill(255));
    return ranges.finish();
  }

  /** Indices in order of key; an end before the start that lies on it. The kernel gives an rbtree in order, or in the reverse. */
  #ascending(): Uint32Array {
    const order = Uint32Array.from({ length: this.#count }, (_, i) => i);
    if (this.#isInOrder(1)) return order;
    if (this.#isInOrder(-1)) return order.reverse();
    return order.sort((x, y) => this.#compare(x, y));
  }

  #isInOrder(sign: 1 | -1): boolean {
    for (let i = 1; i < this.#count; i++) if (this.#compare(i - 1, i) * sign > 0) return false;
    return true;
  }

  #compare(x: number, y: number): number {
    const width = this.#width;
    for (let [i, j] = [x * width, y * width], end = i + width; i < end; i++, j++)
      if (this.#keys[i] !== this.#keys[j]) return this.#keys[i] - this.#keys[j];
    return this.#ends[y] - this.#ends[x];
  }

  #key(index: number): Uint8Array {
    return this.#keys.subarray(index * this.#width, (index + 1) * this.#width);
  }

  #grow(): void {
    const [keys, ends] = [this.#keys, this.#ends];
    this.#keys = new Uint8Array(keys.length * 2);
    this.#keys.set(keys);
    this.#ends = new Uint8Array(ends.length * 2);
    this.#ends.set(ends);
  }
}

class RangeWriter {
  readonly #width: number;
  readonly #bytes: Uint8Array;
  #length = 0;

  constructor(most: number, width: number) {
    this.#width = width;
    this.#bytes = new Uint8Array(2 * most * width);
  }

  add(first: Uint8Array, last: Uint8Array): void {
    this.#bytes.set(first, this.#length);
    this.#bytes.set(last, this.#length + this.#width);
    this.#length += 2 * this.#width;
  }

  /** Up to the key before `next`, which is greater than `first`. */
  addUpTo(first: Uint8Array, next: Uint8Array): void {
    if (compareKeys(first, next) >= 0) return;
    this.add(first, next);
    let at = this.#length - 1;
    while (this.#bytes[at] === 0) this.#bytes[at--] = 255;
    this.#bytes[at] -= 1;
  }

  finish(): Uint8Array {
    return this.#bytes.slice(0, this.#length);
  }
}
