/**
 * Keys with when they were first and last seen and how often, in fixed memory:
 *
 *   key u32 | first seen, minutes | last seen, minutes | times        0 as key: free
 *
 * Eight places a bucket. When a bucket is full, what was seen least lately goes; each time it was seen, up to
 * MAX_CREDIT, counts as an hour more, so that a flood of new keys does not drive out old friends.
 */
import { ENTRY } from './profile-layout.ts';

const WAYS = 8;
const MAX_CREDIT = 24;
const MINUTES_AN_HOUR = 60;
const NOWHERE = -1;

export interface Sighting {
  /** Minutes since the epoch. */
  firstMinute: number;
  /** Of the time before this one. */
  lastMinute: number;
  /** Not counting this time; 0 when it is new. */
  times: number;
}

/** What is told, refilled by each call of any table: one for each would be one more line of the cache. */
const sighting: Sighting = { firstMinute: 0, lastMinute: 0, times: 0 };

export class RecencyTable {
  readonly #cells: Uint32Array;
  readonly #first: number;
  readonly #end: number;
  readonly #buckets: number;

  /** `places` cells of {@link ENTRY} words, from `first` on. */
  constructor(cells: Uint32Array, first: number, places: number) {
    this.#cells = cells;
    this.#first = first;
    this.#end = first + places * ENTRY;
    this.#buckets = places / WAYS;
  }

  /** Keys that are known. */
  get size(): number {
    let size = 0;
    for (let at = this.#first; at < this.#end; at += ENTRY) if (this.#cells[at] !== 0) size++;
    return size;
  }

  /** Note a key as seen now, and tell what was known of it before. The answer is refilled by the next call, of any table. */
  see(key: number, minute: number): Readonly<Sighting> {
    const cells = this.#cells;
    const found = this.#find(key);
    const known = found !== NOWHERE;
    const at = known ? found : this.#victim(key);
    if (!known) {
      cells[at] = key;
      cells[at + 1] = minute;
      cells[at + 3] = 0;
    }
    // A clock that was set back leaves nothing that was first seen in the future.
    cells[at + 1] = Math.min(cells[at + 1], minute);
    sighting.firstMinute = cells[at + 1];
    sighting.lastMinute = known ? cells[at + 2] : minute;
    sighting.times = cells[at + 3];
    cells[at + 2] = Math.max(minute, known ? cells[at + 2] : 0);
    cells[at + 3] = Math.min(cells[at + 3] + 1, 0xffffffff);
    return sighting;
  }

  /** What is known of a key; `times` is 0 when it is not. Refilled by the next call, of any table. */
  look(key: number): Readonly<Sighting> {
    const cells = this.#cells;
    const at = this.#find(key);
    const known = at !== NOWHERE;
    sighting.firstMinute = known ? cells[at + 1] : 0;
    sighting.lastMinute = known ? cells[at + 2] : 0;
    sighting.times = known ? cells[at + 3] : 0;
    return sighting;
  }

  /** Where the key is. Apart from {@link #victim}: it is asked several times a flow, and mostly knows. */
  #find(key: number): number {
    const cells = this.#cells;
    const wanted = key >>> 0;
    const begin = this.#bucket(wanted);
    for (let at = begin; at < begin + WAYS * ENTRY; at += ENTRY) {
      if (cells[at] === wanted) return wanted === 0 ? NOWHERE : at;
    }
    return NOWHERE;
  }

  /** Where a key that is not known would go. */
  #victim(key: number): number {
    const cells = this.#cells;
    const begin = this.#bucket(key);
    let victim = begin;
    let least = Number.POSITIVE_INFINITY;
    for (let at = begin; at < begin + WAYS * ENTRY; at += ENTRY) {
      const worth =
        cells[at] === 0 ? -1 : cells[at + 2] + Math.min(cells[at + 3], MAX_CREDIT) * MINUTES_AN_HOUR;
      if (worth < least) {
        least = worth;
        victim = at;
      }
    }
    return victim;
  }

  /** Both unsigned, or the remainder would be that of two doubles: a call. */
  #bucket(key: number): number {
    return this.#first + ((key >>> 0) % (this.#buckets >>> 0)) * (WAYS * ENTRY);
  }
}
