/**
 * What each host did in a window of five minutes, as a vector of numbers for the model. The store is flat and made
 * once; a host is an integer slot, 0 to capacity - 1, that the caller gives out, so 10,000 hosts cost 1.9 MB and a
 * flow costs no allocation. Windows begin at multiples of five minutes on the flows' own clock.
 *
 *   sums      5 x f64   window start, NaN for none | bytes out | bytes in | DNS bytes out | seconds of ended flows
 *   counts    6 x u32   opened | TCP opened | failed | to new destinations | DNS | ended
 *   leaders   8 x u32   four destinations of the window | their counters
 *   seen     20 x u32   512 bits of destinations | 128 bits of ports
 *             4 x u32   free: 192 bytes a host, one behind the other, so that a flow touches two or three lines
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

/** Of a host: numbers of 64 bits, then words of 32. */
const NUMBERS = 24;
const START = 0;
const BYTES_OUT = 1;
const BYTES_IN = 2;
const DNS_BYTES = 3;
const SECONDS = 4;

const WORDS = NUMBERS * 2;
const OPENED = 10;
const TCP_OPENED = 11;
const FAILED = 12;
const TO_NEW = 13;
const DNS = 14;
const ENDED = 15;

const LEADER = 16;
const LEADERS = 4;
const SEEN = LEADER + LEADERS * 2;
const DESTINATION_WORDS = 16;
const PORT_WORDS = 4;
const SEEN_PORTS = SEEN + DESTINATION_WORDS;

export class WindowFeatures {
  readonly #numbers: Float64Array;
  readonly #words: Uint32Array;

  constructor(capacityHosts: number) {
    this.#numbers = new Float64Array(capacityHosts * NUMBERS);
    this.#words = new Uint32Array(this.#numbers.buffer);
    for (let host = 0; host < capacityHosts; host++) this.#numbers[host * NUMBERS + START] = Number.NaN;
  }

  /**
   * Whether the host's window has ended when its clock says `atMs`: close it before anything at `atMs` is counted.
   * A clock that falls back by more than a window ends it too, else one wrong time would keep it open for ever.
   */
  isDue(host: number, atMs: number): boolean {
    const start = this.#numbers[host * NUMBERS + START];
    return atMs >= start + WINDOW_MS || atMs < start - WINDOW_MS;
  }

  opened(host: number, atMs: number, opening: Opening): void {
    this.#begin(host, atMs);
    const words = this.#words;
    const at = host * WORDS;
    words[at + OPENED]++;
    if (opening.isTcp) words[at + TCP_OPENED]++;
    if (opening.isNew) words[at + TO_NEW]++;
    if (opening.isDns) words[at + DNS]++;
    this.#lead(host, opening.destinationHash >>> 0);
    mark(words, at + SEEN, DESTINATION_WORDS, scatter(opening.destinationHash));
    mark(words, at + SEEN_PORTS, PORT_WORDS, scatter(opening.port));
  }

  /** A TCP attempt was refused, or nobody answered. */
  failed(host: number, atMs: number): void {
    this.#begin(host, atMs);
    this.#words[host * WORDS + FAILED]++;
  }

  transferred(host: number, atMs: number, bytesOut: number, bytesIn: number, isDns: boolean): void {
    this.#begin(host, atMs);
    const numbers = this.#numbers;
    const at = host * NUMBERS;
    numbers[at + BYTES_OUT] += bytesOut;
    numbers[at + BYTES_IN] += bytesIn;
    if (isDns) numbers[at + DNS_BYTES] += bytesOut;
  }

  ended(host: number, atMs: number, durationMs: number): void {
    this.#begin(host, atMs);
    this.#words[host * WORDS + ENDED]++;
    this.#numbers[host * NUMBERS + SECONDS] += durationMs / 1000;
  }

  /** Opened in the window as it stands; 0 when there is none. */
  connections(host: number): number {
    return this.#words[host * WORDS + OPENED];
  }

  /** Write the window's vector and forget the window; false when there is none, as nothing happened. */
  closeWindow(host: number, into: Float64Array): boolean {
    if (Number.isNaN(this.#numbers[host * NUMBERS + START])) return false;
    this.#read(host, into);
    this.forget(host);
    return true;
  }

  /** Drop the window, so that the slot may be given to another host. */
  forget(host: number): void {
    const numbers = this.#numbers;
    const first = host * NUMBERS;
    // For so few, quicker than a call of `fill`.
    for (let at = first; at < first + NUMBERS; at++) numbers[at] = 0;
    numbers[first + START] = Number.NaN;
  }

  #begin(host: number, atMs: number): void {
    const at = host * NUMBERS + START;
    if (Number.isNaN(this.#numbers[at])) this.#numbers[at] = Math.floor(atMs / WINDOW_MS) * WINDOW_MS;
  }

  #lead(host: number, destination: number): void {
    const words = this.#words;
    const keys = host * WORDS + LEADER;
    const counters = keys + LEADERS;
    let free = -1;
    for (let i = 0; i < LEADERS; i++) {
      if (words[counters + i] === 0) free = i;
      else if (words[keys + i] === destination) {
        words[counters + i]++;
        return;
      }
    }
    if (free < 0) {
      for (let i = 0; i < LEADERS; i++) words[counters + i]--;
      return;
    }
    words[keys + free] = destination;
    words[counters + free] = 1;
  }

  #read(host: number, into: Float64Array): void {
    const counts = this.#words.subarray(host * WORDS, (host + 1) * WORDS);
    const sums = this.#numbers.subarray(host * NUMBERS, (host + 1) * NUMBERS);
    into[Feature.opened] = Math.log1p(counts[OPENED]);
    into[Feature.destinations] = Math.log1p(distinct(counts, SEEN, DESTINATION_WORDS));
    into[Feature.ports] = Math.log1p(distinct(counts, SEEN_PORTS, PORT_WORDS));
    into[Feature.toNew] = Math.log1p(counts[TO_NEW]);
    into[Feature.failed] = Math.log1p(counts[FAILED]);
    into[Feature.failedShare] = portion(counts[FAILED], counts[TCP_OPENED]);
    into[Feature.bytesOut] = Math.log1p(sums[BYTES_OUT]);
    into[Feature.bytesIn] = Math.log1p(sums[BYTES_IN]);
    into[Feature.outOverIn] = into[Feature.bytesOut] - into[Feature.bytesIn];
    into[Feature.dns] = Math.log1p(counts[DNS]);
    into[Feature.dnsBytes] = Math.log1p(counts[DNS] > 0 ? sums[DNS_BYTES] / counts[DNS] : 0);
    into[Feature.leaderShare] = portion(largestLeader(counts), counts[OPENED]);
    into[Feature.duration] = Math.log1p(counts[ENDED] > 0 ? sums[SECONDS] / counts[ENDED] : 0);
  }
}

function largestLeader(counts: Uint32Array): number {
  let largest = 0;
  for (let i = 0; i < LEADERS; i++) largest = Math.max(largest, counts[LEADER + LEADERS + i]);
  return largest;
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
