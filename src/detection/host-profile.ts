/** What is known of one host, as places in one buffer (profile-layout.ts). */
import {
  BEATS,
  CONTACT,
  CONTACTS,
  DESTINATIONS,
  ENTRY,
  HEAD,
  HOURS,
  Parts,
  PREFIXES,
  PROFILE_BYTES,
  SERVICES,
  TRACK_COUNTS,
  TRACK_NUMBERS,
  TRACKS,
} from './profile-layout.ts';
import { RecencyTable } from './recency-table.ts';
import { stepOf, TrackTable } from './track-table.ts';

/** Offsets in the head. Times are ms since the epoch; 0: never. */
export const FIRST_SEEN = 0;
export const LAST_SEEN = 1;
/** The running hour, in hours since the epoch. */
export const HOUR = 2;
/**
 * Of the running hour: bytes of uploads to the outside that are in no track, destinations not known before,
 * connections, all bytes sent.
 */
export const HOUR_UPLOAD = 3;
export const HOUR_NEW = 4;
export const HOUR_CONNECTIONS = 5;
export const HOUR_OUT = 6;
/** Hours that were watched and have ended. */
export const HOURS_WATCHED = 7;
/** Log-likelihood that the host scans, see scan.ts. */
export const SCAN_RATIO = 8;
/** When something outside last answered. */
export const LAST_ANSWERED = 9;
/** 0 to 1: the score of the host's open incident; slows learning. */
export const SUSPICION = 10;
/** From this score on, a host teaches nothing but what it did before. */
export const SUSPICIOUS = 0.5;
/** Place of the next first contact in its ring. */
export const NEXT_CONTACT = 11;
/** Confidence said of the host as a whole in this hour, by voice: 12 to 19. */
export const SAID = 12;
export const VOICES = 8;
/** Connections that something answered, all in all. */
export const ANSWERED = 20;
/** Of the running hour: what came back for HOUR_UPLOAD. */
export const HOUR_UPLOAD_BACK = 21;

export class HostProfile {
  readonly buffer: ArrayBuffer;
  readonly head: Float64Array;
  readonly tracks: TrackTable;
  /** Bytes of uploads in each hour watched, as a ring by HOURS_WATCHED. */
  readonly uploads: Float32Array;
  /** Destinations not known before in each hour watched. */
  readonly newDestinations: Float32Array;
  /** By hour of the week: weight of weeks in which the host was active, and of weeks watched. */
  readonly active: Float32Array;
  readonly watched: Float32Array;
  readonly destinations: RecencyTable;
  readonly prefixes: RecencyTable;
  readonly services: RecencyTable;
  readonly contacts: Uint32Array;
  /** What a first connection may write besides the head: from the destinations to the contacts. */
  readonly #firstFilled: Uint8Array;

  constructor(buffer: ArrayBuffer = new ArrayBuffer(PROFILE_BYTES)) {
    this.buffer = buffer;
    const parts = new Parts(buffer);
    this.head = parts.f64(HEAD);
    const numbers = parts.f64(TRACKS * TRACK_NUMBERS);
    this.uploads = parts.f32(HOURS);
    this.newDestinations = parts.f32(HOURS);
    this.active = parts.f32(HOURS);
    this.watched = parts.f32(HOURS);
    const intervals = parts.f32(TRACKS * BEATS);
    const destinations = parts.u32(DESTINATIONS * ENTRY);
    this.destinations = new RecencyTable(destinations);
    this.prefixes = new RecencyTable(parts.u32(PREFIXES * ENTRY));
    this.services = new RecencyTable(parts.u32(SERVICES * ENTRY));
    this.contacts = parts.u32(CONTACTS * CONTACT);
    const keys = parts.u32(TRACKS * 2);
    const { byteOffset } = destinations;
    this.#firstFilled = new Uint8Array(buffer, byteOffset, keys.byteOffset - byteOffset);
    const counts = parts.u32(TRACKS * TRACK_COUNTS);
    this.tracks = new TrackTable({
      numbers,
      intervals,
      keys,
      counts,
      sizes: parts.u16(TRACKS * BEATS * 2),
    });
  }

  /**
   * Forget everything. Hosts that knock once and go come by thousands a minute, so what such a host does not reach is
   * not written again: rings before its first hour has ended, and all of a track but its key, see {@link TrackTable.begin}.
   */
  clear(): void {
    if (this.head[HOURS_WATCHED] > 0 || this.tracks.size > 0) {
      new Uint8Array(this.buffer).fill(0);
      this.tracks.forget();
    } else {
      this.head.fill(0);
      this.#firstFilled.fill(0);
    }
  }

  /** Whether a confidence of the host as a whole is worth saying: the first time in an hour, or when it has risen. */
  isNews(voice: number, confidence: number): boolean {
    const step = stepOf(confidence);
    if (step <= this.head[SAID + voice]) return false;
    this.head[SAID + voice] = step;
    return true;
  }

  /** What was said of the host is news again. */
  forgetSaid(): void {
    this.head.fill(0, SAID, SAID + VOICES);
  }
}
