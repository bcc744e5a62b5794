/** The first few of many in some order, that are looked at one by one: no more than those are kept. */
import TinyQueue from 'tinyqueue';

export class Foremost<T> {
  readonly #limit: number;
  readonly #compare: (one: T, other: T) => number;
  /** The last of them first. */
  readonly #kept: TinyQueue<T>;
  /** Once there are enough, only what comes before it counts. */
  last: T | undefined;

  /** `compare` as in `sort`; no two are equal. */
  constructor(limit: number, compare: (one: T, other: T) => number) {
    this.#limit = limit;
    this.#compare = compare;
    this.#kept = new TinyQueue<T>([], (one, other) => -compare(one, other));
  }

  add(one: T): void {
    if (this.last !== undefined && this.#compare(one, this.last) >= 0) return;
    this.#kept.push(one);
    if (this.#kept.length > this.#limit) this.#kept.pop();
    if (this.#kept.length === this.#limit) this.last = this.#kept.peek();
  }

  /** Ends the selection. */
  inOrder(): T[] {
    return this.#kept.data.sort(this.#compare);
  }
}
