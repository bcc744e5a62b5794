/**
 * How common a destination is among the hosts: by address, roughly how many hosts go there, in fixed memory.
 *
 *   key u32 | which hosts, 32 bits | last seen, minutes        0 as key: free
 *
 * Each host sets one of 32 bits: linear counting (Whang, Vander-Zanden, Taylor 1990), exact enough to tell one host
 * from several. Eight places a bucket; the one seen the longest ago goes.
 */
const CELL = 3;
const WAYS = 8;
const BITS = 32;

export class DestinationCensus {
  readonly #cells: Uint32Array;
  readonly #buckets: number;

  constructor(capacity = 65_536) {
    this.#buckets = capacity / WAYS;
    this.#cells = new Uint32Array(capacity * CELL);
  }

  see(destination: number, host: number, minute: number): void {
    const cells = this.#cells;
    const at = this.#find(destination);
    if (cells[at] !== destination >>> 0) {
      cells[at] = destination;
      cells[at + 1] = 0;
    }
    cells[at + 1] |= 1 << (host & (BITS - 1));
    cells[at + 2] = minute;
  }

  /** Roughly how many hosts go there. */
  hosts(destination: number): number {
    const at = this.#find(destination);
    if (this.#cells[at] !== destination >>> 0) return 0;
    const set = bitsIn(this.#cells[at + 1]);
    return set === BITS ? BITS * 4 : Math.round(-BITS * Math.log(1 - set / BITS));
  }

  #find(key: number): number {
    const cells = this.#cells;
    const begin = ((key >>> 0) % (this.#buckets >>> 0)) * (WAYS * CELL);
    let victim = begin;
    for (let at = begin; at < begin + WAYS * CELL; at += CELL) {
      if (cells[at] === key >>> 0) return at;
      if (cells[at + 2] < cells[victim + 2]) victim = at;
    }
    return victim;
  }
}

function bitsIn(word: number): number {
  let bits = 0;
  for (let rest = word; rest !== 0; rest &= rest - 1) bits++;
  return bits;
}
