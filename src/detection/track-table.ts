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
import {
  BEATS,
  CHAIN_BYTES,
  PROFILE_WORDS,
  type ProfileBlock,
  TRACK_CHAINS,
  TRACK_COUNT,
  TRACK_INTERVAL,
  TRACK_KEY,
  TRACK_NUMBER,
  TRACK_SIZE,
  TRACK_WORDS,
  TRACKS,
  TRACKS_AT,
} from './profile-layout.ts';

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
const SHORT_MS = 600_000;
const SHORTS_AN_HOUR = 6;
/** 0.8 reached by sums of other shares is 0.8. */
const ROUNDING = 1e-9;
const SILENCE_MS = 6 * 3_600_000;
export const NO_TRACK = -1;

export class TrackTable {
  readonly #block: ProfileBlock;
  /** First word of the first track. */
  readonly #word: number;
  /** Of the tracks whose keys end in the same bits: heads, then what follows each; a number plus one, 0: no more. */
  readonly #chain: number;
  /** Those in use come first: a place is given to another, never given back. */
  #size = 0;

  constructor(block: ProfileBlock, place: number) {
    this.#block = block;
    this.#word = place * PROFILE_WORDS + TRACKS_AT;
    this.#chain = place * CHAIN_BYTES;
  }

  /** Tracks in use. */
  get size(): number {
    return this.#size;
  }

  /** The memory was emptied. */
  forget(): void {
    this.#size = 0;
    this.#block.chains.fill(0, this.#chain, this.#chain + CHAIN_BYTES);
  }

  /** The memory was filled with what was kept, and may be damaged. */
  reload(): void {
    this.forget();
    while (this.#size < TRACKS && !this.#isFree(this.#size)) {
      const next = this.#counts(this.#size) + NEXT_BEAT;
      if (this.#block.u32[next] >= BEATS) this.#block.u32[next] = 0;
      this.#link(this.#size++);
    }
  }

  /** By 64 bits of a hash, as two words, signed or not. */
  find(high: number, low: number): number {
    const chains = this.#block.chains;
    const keys = this.#block.u32;
    const nexts = this.#chain + TRACK_CHAINS - 1;
    let next = chains[this.#chain + (low & (TRACK_CHAINS - 1))];
    while (next !== 0) {
      const at = this.#word + (next - 1) * TRACK_WORDS + TRACK_KEY;
      if (keys[at + 1] === low >>> 0 && keys[at] === high >>> 0) return next - 1;
      next = chains[nexts + next];
    }
    return NO_TRACK;
  }

  /** A track for a key that has none. `atMs`: when it was first used. */
  begin(high: number, low: number, atMs: number, nowMs: number): number {
    const track = this.#victim(nowMs);
    const word = this.#word + track * TRACK_WORDS;
    this.#block.u32.fill(0, word, word + TRACK_WORDS);
    this.#block.u32[word + TRACK_KEY] = high;
    this.#block.u32[word + TRACK_KEY + 1] = low;
    this.#link(track);
    this.#block.f64[this.#numbers(track) + FIRST] = atMs;
    // It is in use now, or it would be the next one to go.
    this.#block.f64[this.#numbers(track) + LAST] = nowMs;
    return track;
  }

  mark(track: number, offset: number, is: boolean): void {
    this.#block.u32[this.#counts(track) + offset] = Number(is);
  }

  number(track: number, offset: number): number {
    return this.#block.f64[this.#numbers(track) + offset];
  }

  count(track: number, offset: number): number {
    return this.#block.u32[this.#counts(track) + offset];
  }

  /** Seconds between its beats, as a ring; 0: there was none before. A view. */
  intervals(track: number): Float32Array {
    const first = this.#word + track * TRACK_WORDS + TRACK_INTERVAL;
    return this.#block.f32.subarray(first, first + BEATS);
  }

  /** Out and in of each beat of the ring, see {@link logSize}. A view. */
  sizes(track: number): Uint16Array {
    const first = (this.#word + track * TRACK_WORDS + TRACK_SIZE) * 2;
    return this.#block.u16.subarray(first, first + BEATS * 2);
  }

  /** Note one more connection, by its start. Connections less than `apartMs` after the last beat belong to it. */
  beat(track: number, startMs: number, bytesOut: number, bytesIn: number, apartMs: number): boolean {
    const word = this.#word + track * TRACK_WORDS;
    const numbers = this.#numbers(track);
    const counts = word + TRACK_COUNT;
    const last = this.#block.f64[numbers + LAST];
    const beats = this.#block.u32[counts + BEAT_COUNT];
    // A clock that was set back must not silence the track until it has caught up.
    const setBack = startMs < last - DAY_MS;
    if (beats > 0 && startMs < last + apartMs && !setBack) return false;
    const at = this.#block.u32[counts + NEXT_BEAT];
    this.#block.f32[word + TRACK_INTERVAL + at] = beats > 0 && !setBack ? (startMs - last) / 1000 : 0;
    this.#block.u16[(word + TRACK_SIZE + at) * 2] = logSize(bytesOut);
    this.#block.u16[(word + TRACK_SIZE + at) * 2 + 1] = logSize(bytesIn);
    this.#block.f64[numbers + LAST] = startMs;
    if (setBack) this.#block.f64[numbers + FIRST] = startMs;
    this.#block.u32[counts + NEXT_BEAT] = at + 1 < BEATS ? at + 1 : 0;
    this.#block.u32[counts + BEAT_COUNT] = beats + 1;
    return true;
  }

  /** Count how one connection came out. */
  settle(track: number, failed: boolean): void {
    const counts = this.#counts(track);
    this.#block.u32[counts + ATTEMPTS]++;
    if (failed) this.#block.u32[counts + FAILURES]++;
  }

  /** Count bytes into the running ten minutes, hour and half day. */
  transfer(track: number, bytesOut: number, bytesIn: number, packetsOut: number, nowMs: number): void {
    const n = this.#block.f64;
    const base = this.#numbers(track);
    const short = Math.floor(nowMs / SHORT_MS);
    if (this.#block.u32[this.#counts(track) + SHORT] !== short) this.#turn(track, short);
    n[base + HOUR_OUT] += bytesOut;
    n[base + HOUR_IN] += bytesIn;
    n[base + HALF_OUT] += bytesOut;
    n[base + HALF_IN] += bytesIn;
    n[base + SHORT_OUT] += bytesOut;
    n[base + SHORT_PACKETS] += packetsOut;
  }

  /** Other ten minutes have begun, and with them another hour or half day, or not. */
  #turn(track: number, short: number): void {
    const n = this.#block.f64;
    const base = this.#numbers(track);
    const counts = this.#counts(track);
    const hour = Math.floor(short / SHORTS_AN_HOUR);
    if (n[base + HOUR] !== hour) this.#block.u32[counts + SAID] = 0;
    roll(n, base, HOUR, LAST_HOUR_OUT, hour);
    roll(n, base, HALF, LAST_HALF_OUT, Math.floor(hour / 12));
    this.#block.u32[counts + SHORT] = short;
    n[base + SHORT_OUT] = 0;
    n[base + SHORT_PACKETS] = 0;
  }

  /**
   * Whether a confidence is worth saying: the first time in an hour, or when it has risen. `voice` 0 to 3 is who says
   * it; a confidence is kept as percent in 8 bits.
   */
  isNews(track: number, voice: number, confidence: number): boolean {
    const at = this.#counts(track) + SAID;
    const shift = voice * 8;
    const percent = stepOf(confidence);
    const said = this.#block.u32[at];
    if (percent <= ((said >>> shift) & 255)) return false;
    this.#block.u32[at] = (said & ~(255 << shift)) | (percent << shift);
    return true;
  }

  /** What was said of a track, or of all of them, is news again. */
  forgetSaid(track?: number): void {
    const [first, end] = track === undefined ? [0, TRACKS] : [track, track + 1];
    for (let i = first; i < end; i++) this.#block.u32[this.#counts(i) + SAID] = 0;
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
    const head = this.#headOf(track);
    this.#block.chains[this.#nextOf(track + 1)] = this.#block.chains[head];
    this.#block.chains[head] = track + 1;
  }

  #unlink(track: number): void {
    let link = this.#headOf(track);
    while (this.#block.chains[link] !== track + 1) link = this.#nextOf(this.#block.chains[link]);
    this.#block.chains[link] = this.#block.chains[this.#nextOf(track + 1)];
  }

  /** Where the chain of a track begins. */
  #headOf(track: number): number {
    return (
      this.#chain + (this.#block.u32[this.#word + track * TRACK_WORDS + TRACK_KEY + 1] & (TRACK_CHAINS - 1))
    );
  }

  /** Where it goes on behind a track, by its number plus one. */
  #nextOf(link: number): number {
    return this.#chain + TRACK_CHAINS - 1 + link;
  }

  #numbers(track: number): number {
    return (this.#word + track * TRACK_WORDS + TRACK_NUMBER) >>> 1;
  }

  #counts(track: number): number {
    return this.#word + track * TRACK_WORDS + TRACK_COUNT;
  }

  #isFree(track: number): boolean {
    const key = this.#word + track * TRACK_WORDS + TRACK_KEY;
    return this.#block.u32[key] === 0 && this.#block.u32[key + 1] === 0;
  }

  #worth(track: number, nowMs: number): number {
    const last = this.number(track, LAST);
    const beats = this.count(track, BEAT_COUNT);
    if (beats < FEW) return last;
    const silentMs = nowMs - last;
    const silent = silentMs > SILENCE_MS && silentMs > (4 * (last - this.number(track, FIRST))) / beats;
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

/** What most packets come to, so that it needs no logarithm. */
const SMALL = Uint16Array.from({ length: 1024 }, (_, bytes) => logSizeOf(bytes));

/** 16 bits for a size up to 2^43, in steps of 0.05 %. */
export function logSize(bytes: number): number {
  const small = (bytes | 0) === bytes && bytes >= 0 && bytes < SMALL.length;
  return small ? SMALL[bytes] : logSizeOf(bytes);
}

function logSizeOf(bytes: number): number {
  return Math.min(65_535, Math.round(Math.log2(1 + Math.max(0, bytes)) * SCALE));
}

export function sizeOf(log: number): number {
  return 2 ** (log / SCALE) - 1;
}
