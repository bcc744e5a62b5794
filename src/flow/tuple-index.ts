/**
 * From original tuple and zone to row: a hash table with chains through the rows. The conntrack id is left out: it
 * is a 32-bit hash (nf_ct_get_id in nf_conntrack_core.c), which some of a million flows share.
 */
import { DESTINATION, type FlowRows, SCRATCH, SOURCE } from './flow-rows.ts';
import { bucketCount, KeyedHash } from './keyed-hash.ts';

/** No row: the scratch row is in no index. */
const NONE = SCRATCH;

export class TupleIndex {
  readonly #rows: FlowRows;
  readonly #hash = new KeyedHash(10);
  readonly #buckets: Int32Array;
  readonly #next: Int32Array;

  constructor(rows: FlowRows) {
    this.#rows = rows;
    this.#buckets = new Int32Array(bucketCount(rows.capacity));
    this.#next = new Int32Array(rows.capacity);
  }

  /** The row with the tuple of the scratch row; 0 for none. */
  find(): number {
    let row = this.#buckets[this.#bucket(SCRATCH)];
    while (row !== NONE && !this.#rows.sameTuple(row, SCRATCH)) row = this.#next[row];
    return row;
  }

  add(row: number): void {
    const bucket = this.#bucket(row);
    this.#next[row] = this.#buckets[bucket];
    this.#buckets[bucket] = row;
  }

  remove(row: number): void {
    const bucket = this.#bucket(row);
    let before = NONE;
    for (let at = this.#buckets[bucket]; at !== row; at = this.#next[at]) before = at;
    if (before === NONE) this.#buckets[bucket] = this.#next[row];
    else this.#next[before] = this.#next[row];
  }

  #bucket(row: number): number {
    const rows = this.#rows;
    const { words } = this.#hash;
    words[0] = rows.portsWord(row);
    words[1] = rows.zoneWord(row);
    let count = 2;
    for (let i = rows.family(row) === 6 ? 0 : 3; i < 4; i++) {
      words[count++] = rows.word(row, SOURCE + i);
      words[count++] = rows.word(row, DESTINATION + i);
    }
    return this.#hash.hash(count) & (this.#buckets.length - 1);
  }
}
