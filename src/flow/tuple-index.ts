/**
 * From original tuple and zone to row: a hash table with chains through the rows. The conntrack id is left out: it
 * is a 32-bit hash (nf_ct_get_id in nf_conntrack_core.c), which some of a million flows share.
 */
import { DESTINATION, type FlowRows, NEXT_BY_TUPLE, SCRATCH, SOURCE, WORDS } from './flow-rows.ts';
import { KeyedHash } from './keyed-hash.ts';

/** No row: the scratch row is in no index. */
const NONE = SCRATCH;

export class TupleIndex {
  readonly #rows: FlowRows;
  readonly #hash = new KeyedHash(10);
  readonly #buckets: Int32Array;
  /** Of the row that was looked for last. */
  #bucket = 0;

  /** `buckets` is a power of two. */
  constructor(rows: FlowRows, buckets: number) {
    this.#rows = rows;
    this.#buckets = new Int32Array(buckets);
  }

  /** Another row with the tuple of this one, which is in no index itself; 0 for none. */
  find(sample: number): number {
    const { words } = this.#rows;
    this.#bucket = this.#bucketOf(sample);
    let row = this.#buckets[this.#bucket];
    while (row !== NONE && !this.#rows.sameTuple(row, sample)) row = words[row * WORDS + NEXT_BY_TUPLE];
    return row;
  }

  /** Put in a row with the tuple that was looked for last. */
  addFound(row: number): void {
    this.#rows.words[row * WORDS + NEXT_BY_TUPLE] = this.#buckets[this.#bucket];
    this.#buckets[this.#bucket] = row;
  }

  remove(row: number): void {
    const { words } = this.#rows;
    const bucket = this.#bucketOf(row);
    const next = words[row * WORDS + NEXT_BY_TUPLE];
    let before = NONE;
    for (let at = this.#buckets[bucket]; at !== row; at = words[at * WORDS + NEXT_BY_TUPLE]) before = at;
    if (before === NONE) this.#buckets[bucket] = next;
    else words[before * WORDS + NEXT_BY_TUPLE] = next;
  }

  #bucketOf(row: number): number {
    const rows = this.#rows;
    const { words } = this.#hash;
    words[0] = rows.portsWord(row);
    words[1] = rows.zoneWord(row);
    words[2] = rows.words[row * WORDS + SOURCE];
    words[3] = rows.words[row * WORDS + DESTINATION];
    let count = 4;
    if (rows.family(row) === 6) {
      for (let i = 0; i < 3; i++) {
        words[count++] = rows.word(row, SOURCE, i);
        words[count++] = rows.word(row, DESTINATION, i);
      }
    }
    return this.#hash.hash(count) & (this.#buckets.length - 1);
  }
}
