/**
 * The destinations and services that one host uses more than once, or sends much to: when, how much, how often in
 * vain. A place is given to another when all are taken, in this order:
 *
 *   1. one that has been silent for more than four times its usual pause, and for six hours
 *   2. the one that was used least lately among those used least (fewer than FEW times)
 *   3. the one that was used least lately
 *
 * so that a slow beacon stays while pages of a browser come and go.
 */
import { BEATS, TRACK_COUNTS, TRACK_NUMBERS, TRACKS } from './profile-layout.ts';

/** Offsets among a track's numbers. Times are ms since the epoch. */
export const FIRST = 0;
/** Start of the last beat; before there is one, when the track was begun. */
export const LAST = 1;
/** The hour that HOUR_OUT and HOUR_IN count, in hours since the epoch. */
export const HOUR = 2;
export const HOUR_OUT = 3;
export const HOUR_IN = 4;
export const LAST_HOUR_OUT = 5;
export const LAST_HOUR_IN = 6;
/** The half day, in 12 h since the epoch. */
export const HALF = 7;
export const HALF_OUT = 8;
export const HALF_IN = 9;
export const LAST_HALF_OUT = 10;
export const LAST_HALF_IN = 11;
/** Bytes and packets sent in the running ten minutes. */
export const SHORT_OUT = 12;
export const SHORT_PACKETS = 13;

/** Offsets among a track's counts. */
export const ATTEMPTS = 0;
export const FAILURES = 1;
/** Connections, those that come together counted as one. */
export const BEAT_COUNT = 2;
/** Where the next beat goes in the ring. */
export const NEXT_BEAT = 3;
/** The running ten minutes, since the epoch. */
export const SHORT = 4;
/** What was said of it in this hour, see {@link TrackTable.isNews}. */
const SAID = 5;
/** 1: the destination is inside. */
export const INSIDE = 6;

const FEW = 4;
const DAY_MS = 86_400_000;
/** 0.8 reached by sums of other shares is 0.8. */
const ROUNDING = 1e-9;
const SILENCE_MS = 6 * 3_600_000;
export const NO_TRACK = -1;
const CHAINS = 64;

export interface TrackColumns {
  readonly numbers: Float64Array;
  readonly counts: Uint32Array;
  readonly intervals: Float32Array;
  readonly sizes: Uint16Array;
  readonly keys: Uint32Array;
}

export class TrackTable {
  readonly numbers: Float64Array;
  readonly counts: Uint32Array;
  /** Seconds since the beat before; 0: there was none. */
  readonly intervals: Float32Array;
  /** Out and in of each beat, see {@link logSize}. */
  readonly sizes: Uint16Array;
  readonly #keys: Uint32Array;
  /** Those in use come first: a place is given to another, never given back. */
  #size = 0;
  /** Chains of the tracks whose keys end in the same bits, each as its number plus one; 0: no more. */
  readonly #heads = new Uint8Array(CHAINS);
  readonly #nexts = new Uint8Array(TRACKS);

  constructor({ numbers, counts, intervals, sizes, keys }: TrackColumns) {
    this.numbers = numbers;
    this.counts = counts;
    this.intervals = intervals;
    this.sizes = sizes;
    this.#keys = keys;
    while (this.#size < TRACKS && !this.#isFree(this.#size)) this.#link(this.#size++);
  }

  /** Tracks in use. */
  get size(): number {
    return this.#size;
  }

  /** The columns were emptied. */
  forget(): void {
    this.#size = 0;
    this.#heads.fill(0);
  }

  find(high: number, low: number): number {
    const keys = this.#keys;
    for (let next = this.#heads[low & (CHAINS - 1)]; next !== 0; next = this.#nexts[next - 1]) {
      const at = (next - 1) * 2;
      if (keys[at + 1] === low && keys[at] === high) return next - 1;
    }
    return NO_TRACK;
  }

  /** A track for a key that has none. `atMs`: when it was first used. */
  begin(high: number, low: number, atMs: number, nowMs: number): number {
    const track = this.#victim(nowMs);
    this.numbers.fill(0, track * TRACK_NUMBERS, (track + 1) * TRACK_NUMBERS);
    this.counts.fill(0, track * TRACK_COUNTS, (track + 1) * TRACK_COUNTS);
    this.intervals.fill(0, track * BEATS, (track + 1) * BEATS);
    this.sizes.fill(0, track * BEATS * 2, (track + 1) * BEATS * 2);
    this.#keys[track * 2] = high;
    this.#keys[track * 2 + 1] = low;
    this.#link(track);
    this.numbers[track * TRACK_NUMBERS + FIRST] = atMs;
    // It is in use now, or it would be the next one to go.
    this.numbers[track * TRACK_NUMBERS + LAST] = nowMs;
    return track;
  }

  mark(track: number, offset: number, is: boolean): void {
    this.counts[track * TRACK_COUNTS + offset] = Number(is);
  }

  number(track: number, offset: number): number {
    return this.numbers[track * TRACK_NUMBERS + offset];
  }

  count(track: number, offset: number): number {
    return this.counts[track * TRACK_COUNTS + offset];
  }

  /** Note one more connection, by its start. Connections less than `apartMs` after the last beat belong to it. */
  beat(track: number, startMs: number, bytesOut: number, bytesIn: number, apartMs: number): boolean {
    const last = this.number(track, LAST);
    const beats = this.count(track, BEAT_COUNT);
    // A clock that was set back must not silence the track until it has caught up.
    const setBack = startMs < last - DAY_MS;
    if (beats > 0 && startMs < last + apartMs && !setBack) return false;
    const at = this.count(track, NEXT_BEAT);
    this.intervals[track * BEATS + at] = beats > 0 && !setBack ? (startMs - last) / 1000 : 0;
    this.sizes[(track * BEATS + at) * 2] = logSize(bytesOut);
    this.sizes[(track * BEATS + at) * 2 + 1] = logSize(bytesIn);
    this.numbers[track * TRACK_NUMBERS + LAST] = startMs;
    if (setBack) this.numbers[track * TRACK_NUMBERS + FIRST] = startMs;
    this.counts[track * TRACK_COUNTS + NEXT_BEAT] = (at + 1) % BEATS;
    this.counts[track * TRACK_COUNTS + BEAT_COUNT] = beats + 1;
    return true;
  }

  /** Count how one connection came out. */
  settle(track: number, failed: boolean): void {
    this.counts[track * TRACK_COUNTS + ATTEMPTS]++;
    if (failed) this.counts[track * TRACK_COUNTS + FAILURES]++;
  }

  /** Count bytes into the running ten minutes, hour and half day. */
  transfer(track: number, bytesOut: number, bytesIn: number, packetsOut: number, nowMs: number): void {
    const n = this.numbers;
    const base = track * TRACK_NUMBERS;
    const hour = Math.floor(nowMs / 3_600_000);
    if (n[base + HOUR] !== hour) this.counts[track * TRACK_COUNTS + SAID] = 0;
    roll(n, base, HOUR, LAST_HOUR_OUT, hour);
    roll(n, base, HALF, LAST_HALF_OUT, Math.floor(nowMs / (12 * 3_600_000)));
    n[base + HOUR_OUT] += bytesOut;
    n[base + HOUR_IN] += bytesIn;
    n[base + HALF_OUT] += bytesOut;
    n[base + HALF_IN] += bytesIn;
    const short = Math.floor(nowMs / 600_000);
    if (this.counts[track * TRACK_COUNTS + SHORT] !== short) {
      this.counts[track * TRACK_COUNTS + SHORT] = short;
      n[base + SHORT_OUT] = 0;
      n[base + SHORT_PACKETS] = 0;
    }
    n[base + SHORT_OUT] += bytesOut;
    n[base + SHORT_PACKETS] += packetsOut;
  }

  /**
   * Whether a confidence is worth saying: the first time in an hour, or when it has risen. `voice` 0 to 3 is who says
   * it; a confidence is kept as percent in 8 bits.
   */
  isNews(track: number, voice: number, confidence: number): boolean {
    const at = track * TRACK_COUNTS + SAID;
    const shift = voice * 8;
    const percent = stepOf(confidence);
    if (percent <= ((this.counts[at] >>> shift) & 255)) return false;
    this.counts[at] = (this.counts[at] & ~(255 << shift)) | (percent << shift);
    return true;
  }

  /** What was said of a track, or of all of them, is news again. */
  forgetSaid(track?: number): void {
    const [first, end] = track === undefined ? [0, TRACKS] : [track, track + 1];
    for (let i = first; i < end; i++) this.counts[i * TRACK_COUNTS + SAID] = 0;
  }

  #victim(nowMs: number): number {
    if (this.#size < TRACKS) return this.#size++;
    const track = this.#leastWorth(nowMs);
    this.#unlink(track);
    return track;
  }

  #leastWorth(nowMs: number): number {
    let victim = 0;
    let least = Number.POSITIVE_INFINITY;
    for (let track = 0; track < TRACKS; track++) {
      const worth = this.#worth(track, nowMs);
      if (worth < least) {
        least = worth;
        victim = track;
      }
    }
    return victim;
  }

  #link(track: number): void {
    const chain = this.#keys[track * 2 + 1] & (CHAINS - 1);
    this.#nexts[track] = this.#heads[chain];
    this.#heads[chain] = track + 1;
  }

  #unlink(track: number): void {
    const chain = this.#keys[track * 2 + 1] & (CHAINS - 1);
    const next = this.#nexts[track];
    if (this.#heads[chain] === track + 1) this.#heads[chain] = next;
    for (let before = this.#heads[chain]; before !== 0; before = this.#nexts[before - 1]) {
      if (this.#nexts[before - 1] === track + 1) this.#nexts[before - 1] = next;
    }
  }

  #isFree(track: number): boolean {
    return this.#keys[track * 2] === 0 && this.#keys[track * 2 + 1] === 0;
  }

  #worth(track: number, nowMs: number): number {
    const last = this.number(track, LAST);
    const beats = this.count(track, BEAT_COUNT);
    if (beats < FEW) return last;
    const pauseMs = (last - this.number(track, FIRST)) / beats;
    const silent = nowMs - last > Math.max(4 * pauseMs, SILENCE_MS);
    return silent ? last - 1e12 : last + 1e15;
  }
}

/**
 * A confidence as percent in steps of 5, 1 at least: each word is heard by people, and costs a hundred times as much as
 * the look that found nothing new.
 */
export function stepOf(confidence: number): number {
  return Math.max(1, Math.floor(confidence * 20 + ROUNDING) * 5);
}

/** Move a running sum, its out and in, to where that of the last span is kept. Places lie as declared above. */
function roll(n: Float64Array, base: number, clock: number, before: number, now: number): void {
  const then = n[base + clock];
  if (then === now) return;
  const follows = then === now - 1;
  n[base + before] = follows ? n[base + clock + 1] : 0;
  n[base + before + 1] = follows ? n[base + clock + 2] : 0;
  n[base + clock] = now;
  n[base + clock + 1] = 0;
  n[base + clock + 2] = 0;
}

const SCALE = 1500;

/** 16 bits for a size up to 2^43, in steps of 0.05 %. */
export function logSize(bytes: number): number {
  return Math.min(65_535, Math.round(Math.log2(1 + Math.max(0, bytes)) * SCALE));
}

export function sizeOf(log: number): number {
  return 2 ** (log / SCALE) - 1;
}
