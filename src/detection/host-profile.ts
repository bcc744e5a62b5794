/** What is known of one host, as places in the memory of many (profile-layout.ts). */
import {
  CONTACTS,
  CONTACTS_AT,
  DESTINATIONS,
  DESTINATIONS_AT,
  HEAD,
  HOURS,
  PREFIXES,
  PREFIXES_AT,
  PROFILE_BYTES,
  PROFILE_WORDS,
  ProfileBlock,
  RINGS_AT,
  SERVICES,
  SERVICES_AT,
  TRACKS_AT,
} from './profile-layout.ts';
import { RecencyTable } from './recency-table.ts';
import { stepOf, TrackTable } from './track-table.ts';

/** Offsets in the head, those first that nearly each flow touches. Times are ms since the epoch; 0: never. */
export const LAST_SEEN = 0;
/** Connections that something answered, all in all. */
export const ANSWERED = 1;
/** The running hour, in hours since the epoch. */
export const HOUR = 2;
/**
 * Of the running hour: connections, all bytes sent, destinations not known before, bytes of uploads to the outside that
 * are in no track and what came back for those.
 */
export const HOUR_CONNECTIONS = 3;
export const HOUR_OUT = 4;
export const HOUR_NEW = 5;
export const HOUR_UPLOAD = 6;
export const HOUR_UPLOAD_BACK = 7;
/** When something outside last answered. */
export const LAST_ANSWERED = 8;
/** Hours that were watched and have ended. */
export const HOURS_WATCHED = 9;
export const FIRST_SEEN = 10;
/** Log-likelihood that the host scans, see scan.ts. */
export const SCAN_RATIO = 11;
/** 0 to 1: the score of the host's open incident; slows learning. */
export const SUSPICION = 12;
/** From this score on, a host teaches nothing but what it did before. */
export const SUSPICIOUS = 0.5;
/** Place of the next first contact in its ring. */
export const NEXT_CONTACT = 13;
/** Confidence said of the host as a whole in this hour, by voice: 14 to 21. */
export const SAID = 14;
export const VOICES = 8;
/** When the host was put behind all others of its set (profile-store.ts); means nothing over a restart. */
export const ORDERED = 22;

export class HostProfile {
  /** Memory of this and other profiles. The head is at `f64[at]` and the {@link HEAD} numbers from there on. */
  readonly f64: Float64Array;
  readonly at: number;
  /** The same memory; what profile-layout.ts counts in words of 32 bits is from `word` on. */
  readonly u32: Uint32Array;
  readonly word: number;
  readonly tracks: TrackTable;
  readonly destinations: RecencyTable;
  readonly prefixes: RecencyTable;
  readonly services: RecencyTable;
  readonly #block: ProfileBlock;

  /** In a place of a block that holds zeros. */
  constructor(block: ProfileBlock = new ProfileBlock(1), place = 0) {
    const word = place * PROFILE_WORDS;
    this.#block = block;
    this.u32 = block.u32;
    this.word = word;
    this.f64 = block.f64;
    this.at = word / 2;
    this.tracks = new TrackTable(block, place);
    this.destinations = new RecencyTable(block.u32, word + DESTINATIONS_AT, DESTINATIONS);
    this.prefixes = new RecencyTable(block.u32, word + PREFIXES_AT, PREFIXES);
    this.services = new RecencyTable(block.u32, word + SERVICES_AT, SERVICES);
  }

  /** All that is kept of it. This and those below are views that are made anew each time: not for each flow. */
  get bytes(): Uint8Array {
    return this.#block.bytes.subarray(this.word * 4, this.word * 4 + PROFILE_BYTES);
  }

  get head(): Float64Array {
    return this.f64.subarray(this.at, this.at + HEAD);
  }

  /** Bytes of uploads in each hour watched, as a ring by HOURS_WATCHED. */
  get uploads(): Float32Array {
    return this.#ring(0);
  }

  /** Destinations not known before in each hour watched. */
  get newDestinations(): Float32Array {
    return this.#ring(1);
  }

  /** By hour of the week: weight of weeks in which the host was active, and of weeks watched. */
  get active(): Float32Array {
    return this.#ring(2);
  }

  get watched(): Float32Array {
    return this.#ring(3);
  }

  get contacts(): Uint32Array {
    return this.u32.subarray(this.word + CONTACTS_AT, this.word + TRACKS_AT);
  }

  /** Take what was kept of a profile: as many bytes as {@link bytes} has. Damaged ones must not lead out of it. */
  load(bytes: Uint8Array): void {
    this.bytes.set(bytes);
    const { head } = this;
    if (!isPlace(head[NEXT_CONTACT], CONTACTS)) head[NEXT_CONTACT] = 0;
    if (!isPlace(head[HOURS_WATCHED], 2 ** 31)) head[HOURS_WATCHED] = 0;
    this.tracks.reload();
  }

  /**
   * Forget everything. Hosts that knock once and go come by thousands a minute, so what such a host does not reach is
   * not written again: rings before its first hour has ended, and all of a track but its key, see {@link TrackTable.begin}.
   */
  clear(): void {
    const whole = this.f64[this.at + HOURS_WATCHED] > 0 || this.tracks.size > 0;
    const words = whole ? PROFILE_WORDS : TRACKS_AT;
    this.u32.fill(0, this.word, this.word + words);
    if (whole) this.tracks.forget();
  }

  /** Whether a confidence of the host as a whole is worth saying: the first time in an hour, or when it has risen. */
  isNews(voice: number, confidence: number): boolean {
    const step = stepOf(confidence);
    const said = this.at + SAID + voice;
    if (step <= this.f64[said]) return false;
    this.f64[said] = step;
    return true;
  }

  /** What was said of the host is news again. */
  forgetSaid(): void {
    this.f64.fill(0, this.at + SAID, this.at + SAID + VOICES);
  }

  #ring(which: number): Float32Array {
    const first = this.word + RINGS_AT + which * HOURS;
    return this.#block.f32.subarray(first, first + HOURS);
  }
}

function isPlace(value: number, end: number): boolean {
  return Number.isInteger(value) && value >= 0 && value < end;
}
