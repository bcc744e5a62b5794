/**
 * Sums by host, destination, service and verdict, in fixed memory. What does not fit is folded, so that the sums of all
 * rows are always all that was added:
 *
 *   (host, destination, service, verdict)      too many of this host and verdict, or of all
 *              |
 *              v
 *   (host, others, -, verdict)                 too many hosts
 *              |
 *              v
 *   (others, others, -, verdict)               too many verdicts
 *              |
 *              v
 *   (others, others, -, none)                  always there: the first row
 *
 * A scan of 100,000 addresses takes a few hundred rows, and nobody else's. Nothing is allocated by adding.
 *
 *   key, words   families | host 4 | destination 4 | service | verdict       families: host << 8 | destination, 0: others
 */
import type { Address, Family, MutableAddress } from '../address/address.ts';
import { KeyedHash } from '../flow/keyed-hash.ts';

export const KEY_WORDS = 11;
const HOST = 1;
const DESTINATION = 5;
const SERVICE = 9;
const VERDICT = 10;

/** Offsets among a row's sums. Packets are of both directions. */
export const BYTES_OUT = 0;
export const BYTES_IN = 1;
export const PACKETS = 2;
export const CONNECTIONS = 3;
export const DENIED = 4;
export const SUMS = 5;

export interface TrafficTableLimits {
  readonly rows: number;
  /** Rows with a destination of their own that a host may have under one verdict. */
  readonly ofAHost: number;
}

export const TRAFFIC_TABLE_LIMITS: TrafficTableLimits = { rows: 32_768, ofAHost: 256 };

/** Shares of the rows that the first two kinds may fill. */
const FOR_DETAIL = 0.75;
const FOR_HOSTS = 0.95;
const NO_ROW = -1;

export class TrafficTable {
  readonly #keys: Int32Array;
  readonly #sums: Float64Array;
  /** Rows with a destination of their own that lie beside this row of others. */
  readonly #detailed: Uint16Array;
  /** Row + 1 by hash, then the next place; 0: free. At most half full. */
  readonly #index: Int32Array;
  readonly #hash = new KeyedHash(KEY_WORDS);
  readonly #key = new Int32Array(KEY_WORDS);
  readonly #limits: TrafficTableLimits;
  readonly #detailRoom: number;
  readonly #hostRoom: number;
  #size = 1;

  constructor(limits: TrafficTableLimits = TRAFFIC_TABLE_LIMITS) {
    const { rows } = limits;
    this.#limits = limits;
    this.#detailRoom = Math.floor(rows * FOR_DETAIL);
    this.#hostRoom = Math.floor(rows * FOR_HOSTS);
    this.#keys = new Int32Array(rows * KEY_WORDS);
    this.#sums = new Float64Array(rows * SUMS);
    this.#detailed = new Uint16Array(rows);
    this.#index = new Int32Array(2 ** Math.ceil(Math.log2(rows * 2)));
    this.#keys[VERDICT] = NO_ROW;
  }

  /** Rows in use, the first one among them. */
  get size(): number {
    return this.#size;
  }

  /** The row to add to, see above. `verdict` is a number from 0 on. */
  row(host: Address, destination: Address, service: number, verdict: number): number {
    this.#fill(host, destination, service, verdict);
    const known = this.#find();
    return known === NO_ROW ? this.#make(host, destination, service, verdict) : known;
  }

  add(row: number, offset: number, much: number): void {
    this.#sums[row * SUMS + offset] += much;
  }

  sum(row: number, offset: number): number {
    return this.#sums[row * SUMS + offset];
  }

  /** Nothing was added to it: it only counts its neighbours. */
  isEmpty(row: number): boolean {
    for (let i = 0; i < SUMS; i++) if (this.#sums[row * SUMS + i] !== 0) return false;
    return true;
  }

  /** -1: none. */
  verdict(row: number): number {
    return this.#keys[row * KEY_WORDS + VERDICT];
  }

  service(row: number): number {
    return this.#keys[row * KEY_WORDS + SERVICE] >>> 0;
  }

  /** Refills `into`. @returns false for a row of others */
  readHost(row: number, into: MutableAddress): boolean {
    return this.#read(row, HOST, this.#keys[row * KEY_WORDS] >>> 8, into);
  }

  readDestination(row: number, into: MutableAddress): boolean {
    return this.#read(row, DESTINATION, this.#keys[row * KEY_WORDS] & 255, into);
  }

  clear(): void {
    this.#keys.fill(0, 0, this.#size * KEY_WORDS);
    this.#sums.fill(0, 0, this.#size * SUMS);
    this.#detailed.fill(0, 0, this.#size);
    this.#index.fill(0);
    this.#keys[VERDICT] = NO_ROW;
    this.#size = 1;
  }

  #read(row: number, offset: number, family: number, into: MutableAddress): boolean {
    const at = row * KEY_WORDS + offset;
    into.family = family as Family;
    into.a = this.#keys[at] >>> 0;
    into.b = this.#keys[at + 1] >>> 0;
    into.c = this.#keys[at + 2] >>> 0;
    into.d = this.#keys[at + 3] >>> 0;
    return family !== 0;
  }

  #make(host: Address, destination: Address, service: number, verdict: number): number {
    const others = this.#others(host, verdict);
    if (others === NO_ROW) return this.#remainder(verdict);
    if (this.#size >= this.#detailRoom || this.#detailed[others] >= this.#limits.ofAHost) return others;
    this.#detailed[others]++;
    this.#fill(host, destination, service, verdict);
    return this.#append();
  }

  /** The row for what a host sent to no destination in particular. */
  #others(host: Address, verdict: number): number {
    this.#fill(host, undefined, 0, verdict);
    const known = this.#find();
    if (known !== NO_ROW) return known;
    return this.#size < this.#hostRoom ? this.#append() : NO_ROW;
  }

  #remainder(verdict: number): number {
    this.#fill(undefined, undefined, 0, verdict);
    const known = this.#find();
    if (known !== NO_ROW) return known;
    return this.#size < this.#limits.rows ? this.#append() : 0;
  }

  #fill(host: Address | undefined, destination: Address | undefined, service: number, verdict: number): void {
    const key = this.#key;
    key[0] = ((host?.family ?? 0) << 8) | (destination?.family ?? 0);
    put(key, HOST, host);
    put(key, DESTINATION, destination);
    key[SERVICE] = service;
    key[VERDICT] = verdict;
  }

  /** The row with the key; NO_ROW for none. */
  #find(): number {
    const index = this.#index;
    const mask = index.length - 1;
    for (let at = this.#place(); index[at] !== 0; at = (at + 1) & mask) {
      if (this.#holdsKey(index[at] - 1)) return index[at] - 1;
    }
    return NO_ROW;
  }

  #append(): number {
    const index = this.#index;
    const mask = index.length - 1;
    let at = this.#place();
    while (index[at] !== 0) at = (at + 1) & mask;
    const row = this.#size++;
    index[at] = row + 1;
    this.#keys.set(this.#key, row * KEY_WORDS);
    return row;
  }

  #holdsKey(row: number): boolean {
    const at = row * KEY_WORDS;
    for (let i = KEY_WORDS - 1; i >= 0; i--) if (this.#keys[at + i] !== this.#key[i]) return false;
    return true;
  }

  /** Zeros of IPv4 are not hashed: with the families, the words that are left tell each key from the others. */
  #place(): number {
    const { words } = this.#hash;
    const key = this.#key;
    let count = 0;
    for (let i = 0; i < KEY_WORDS; i++) {
      const isPadding = (i >= HOST && i < HOST + 3) || (i >= DESTINATION && i < DESTINATION + 3);
      if (!isPadding || key[i] !== 0) words[count++] = key[i];
    }
    return this.#hash.hash(count) & (this.#index.length - 1);
  }
}

function put(key: Int32Array, at: number, address: Address | undefined): void {
  key[at] = address?.a ?? 0;
  key[at + 1] = address?.b ?? 0;
  key[at + 2] = address?.c ?? 0;
  key[at + 3] = address?.d ?? 0;
}
