/**
 * What each host did in a window of five minutes, as a vector of numbers for the model. The store is flat and made
 * once; a host is an integer slot, 0 to capacity - 1, that the caller gives out, so 10,000 hosts cost 1.8 MB and a
 * flow costs no allocation. Windows begin at multiples of five minutes on the flows' own clock.
 *
 *   sums      5 x f64   window start, NaN for none | bytes out | bytes in | DNS bytes out | seconds of ended flows
 *   counts    6 x u32   opened | TCP opened | failed | to new destinations | DNS | ended
 *   leaders   8 x u32   four destinations of the window | their counters
 *   seen     20 x u32   512 bits of destinations | 128 bits of ports                  176 bytes a host
 *
 * Distinct destinations and ports are linear counting (Whang, Vander-Zanden, Taylor 1990): n = -m ln(zero bits / m),
 * about 3 % off at 300 destinations and full at some 3,200, which is a scan in any case. The destination with the
 * most connections is by Misra and Gries 1982 with four counters: never above the truth, and below it by at most a
 * fifth of all connections.
 */
import { Feature } from './features.ts';

export const WINDOW_MS = 300_000;

/** Read-only view that may be refilled. */
export interface Opening {
  /** 32 bits of a keyed hash of the destination's address. */
  readonly destinationHash: number;
  readonly port: number;
  /** This host was never seen to contact this destination. */
  readonly isNew: boolean;
  readonly isTcp: boolean;
  readonly isDns: boolean;
}

const SUMS = 5;
const START = 0;
const BYTES_OUT = 1;
const BYTES_IN = 2;
const DNS_BYTES = 3;
const SECONDS = 4;

const COUNTS = 6;
const OPENED = 0;
const TCP_OPENED = 1;
const FAILED = 2;
const TO_NEW = 3;
const DNS = 4;
const ENDED = 5;

const LEADERS = 4;
const DESTINATION_WORDS = 16;
const PORT_WORDS = 4;
const SEEN_WORDS = DESTINATION_WORDS + PORT_WORDS;

export class WindowFeatures {
  readonly #sums: Float64Array;
  readonly #counts: Uint32Array;
  readonly #leaders: Uint32Array;
  readonly #seen: Uint32Array;

  constructor(capacityHosts: number) {
    this.#sums = new Float64Array(capacityHosts * SUMS);
    this.#counts = new Uint32Array(capacityHosts * COUNTS);
    this.#leaders = new Uint32Array(capacityHosts * LEADERS * 2);
    this.#seen = new Uint32Array(capacityHosts * SEEN_WORDS);
    for (let host = 0; host < capacityHosts; host++) this.#sums[host * SUMS + START] = Number.NaN;
  }

  /**
   * Whether the host's window has ended when its clock says `atMs`: close it before anything at `atMs` is counted.
   * A clock that falls back by more than a window ends it too, else one wrong time would keep it open for ever.
   */
  isDue(host: number, atMs: number): boolean {
    const start = this.#sums[host * SUMS + START];
    return atMs >= start + WINDOW_MS || atMs < start - WINDOW_MS;
  }

  opened(host: number, atMs: number, opening: Opening): void {
    this.#begin(host, atMs);
    const counts = host * COUNTS;
    this.#counts[counts + OPENED]++;
    if (opening.isTcp) this.#counts[counts + TCP_OPENED]++;
    if (opening.isNew) this.#counts[counts + TO_NEW]++;
    if (opening.isDns) this.#counts[counts + DNS]++;
    this.#lead(host, opening.destinationHash >>> 0);
    const seen = host * SEEN_WORDS;
    mark(this.#seen, seen, DESTINATION_WORDS, scatter(opening.destinationHash));
    mark(this.#seen, seen + DESTINATION_WORDS, PORT_WORDS, scatter(opening.port));
  }

  /** A TCP attempt was refused, or nobody answered. */
  failed(host: number, atMs: number): void {
    this.#begin(host, atMs);
    this.#counts[host * COUNTS + FAILED]++;
  }

  transferred(host: number, atMs: number, bytesOut: number, bytesIn: number, isDns: boolean): void {
    this.#begin(host, atMs);
    const sums = host * SUMS;
    this.#sums[sums + BYTES_OUT] += bytesOut;
    this.#sums[sums + BYTES_IN] += bytesIn;
    if (isDns) this.#sums[sums + DNS_BYTES] += bytesOut;
  }

  ended(host: number, atMs: number, durationMs: number): void {
    this.#begin(host, atMs);
    this.#counts[host * COUNTS + ENDED]++;
    this.#sums[host * SUMS + SECONDS] += durationMs / 1000;
  }

  /** Opened in the window as it stands; 0 when there is none. */
  connections(host: number): number {
    return this.#counts[host * COUNTS + OPENED];
  }

  /** Write the window's vector and forget the window; false when there is none, as nothing happened. */
  closeWindow(host: number, into: Float64Array): boolean {
    if (Number.isNaN(this.#sums[host * SUMS + START])) return false;
    this.#read(host, into);
    this.forget(host);
    return true;
  }

  /** Drop the window, so that the slot may be given to another host. */
  forget(host: number): void {
    clear(this.#sums, host * SUMS, SUMS);
    this.#sums[host * SUMS + START] = Number.NaN;
    clear(this.#counts, host * COUNTS, COUNTS);
    clear(this.#leaders, host * LEADERS * 2, LEADERS * 2);
    clear(this.#seen, host * SEEN_WORDS, SEEN_WORDS);
  }

  #begin(host: number, atMs: number): void {
    const at = host * SUMS + START;
    if (Number.isNaN(this.#sums[at])) this.#sums[at] = Math.floor(atMs / WINDOW_MS) * WINDOW_MS;
  }

  #lead(host: number, destination: number): void {
    const keys = host * LEADERS * 2;
    const counters = keys + LEADERS;
    let free = -1;
    for (let i = 0; i < LEADERS; i++) {
      if (this.#leaders[counters + i] === 0) free = i;
      else if (this.#leaders[keys + i] === destination) {
        this.#leaders[counters + i]++;
        return;
      }
    }
    if (free < 0) {
      for (let i = 0; i < LEADERS; i++) this.#leaders[counters + i]--;
      return;
    }
    this.#leaders[keys + free] = destination;
    this.#leaders[counters + free] = 1;
  }

  #read(host: number, into: Float64Array): void {
    const counts = this.#counts.subarray(host * COUNTS, (host + 1) * COUNTS);
    const sums = this.#sums.subarray(host * SUMS, (host + 1) * SUMS);
    const seen = host * SEEN_WORDS;
    into[Feature.opened] = Math.log1p(counts[OPENED]);
    into[Feature.destinations] = Math.log1p(distinct(this.#seen, seen, DESTINATION_WORDS));
    into[Feature.ports] = Math.log1p(distinct(this.#seen, seen + DESTINATION_WORDS, PORT_WORDS));
    into[Feature.toNew] = Math.log1p(counts[TO_NEW]);
    into[Feature.failed] = Math.log1p(counts[FAILED]);
    into[Feature.failedShare] = portion(counts[FAILED], counts[TCP_OPENED]);
    into[Feature.bytesOut] = Math.log1p(sums[BYTES_OUT]);
    into[Feature.bytesIn] = Math.log1p(sums[BYTES_IN]);
    into[Feature.outOverIn] = into[Feature.bytesOut] - into[Feature.bytesIn];
    into[Feature.dns] = Math.log1p(counts[DNS]);
    into[Feature.dnsBytes] = Math.log1p(counts[DNS] > 0 ? sums[DNS_BYTES] / counts[DNS] : 0);
    into[Feature.leaderShare] = portion(this.#largestLeader(host), counts[OPENED]);
    into[Feature.duration] = Math.log1p(counts[ENDED] > 0 ? sums[SECONDS] / counts[ENDED] : 0);
  }

  #largestLeader(host: number): number {
    const counters = host * LEADERS * 2 + LEADERS;
    let largest = 0;
    for (let i = 0; i < LEADERS; i++) largest = Math.max(largest, this.#leaders[counters + i]);
    return largest;
  }
}

/** For so few, quicker than a call of `fill`. */
function clear(numbers: Float64Array | Uint32Array, at: number, count: number): void {
  for (let i = at; i < at + count; i++) numbers[i] = 0;
}

/** Attempts of the window before may fail in this one, so the part can be more than the whole. */
function portion(part: number, whole: number): number {
  return whole > 0 ? Math.min(1, part / whole) : Math.min(1, part);
}

/** Finaliser of MurmurHash3: neighbouring ports must not fall into neighbouring bits. */
function scatter(value: number): number {
  let h = value | 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

function mark(seen: Uint32Array, at: number, words: number, hash: number): void {
  const bit = hash & (words * 32 - 1);
  seen[at + (bit >>> 5)] |= 1 << (bit & 31);
}

function distinct(seen: Uint32Array, at: number, words: number): number {
  const bits = words * 32;
  let marked = 0;
  for (let i = at; i < at + words; i++) marked += ones(seen[i]);
  return -bits * Math.log(Math.max(bits - marked, 1) / bits);
}

function ones(word: number): number {
  let w = word - ((word >>> 1) & 0x55555555);
  w = (w & 0x33333333) + ((w >>> 2) & 0x33333333);
  return Math.imul((w + (w >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
