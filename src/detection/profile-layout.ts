/**
 * What is known of one host: a run of bytes of fixed size, so that a host costs the same whatever it does, and what is
 * kept over a restart is the bytes themselves. What one flow touches lies together, as a line of memory that is in no
 * cache costs as much as all that is computed from it:
 *
 *   head          24 f64       clocks, sums of the running hour
 *   destinations 256 x 4 u32   address and service: key | first | last seen (minutes) | times
 *   prefixes      96 x 4 u32   the same by /24 and /48
 *   services      32 x 4 u32   the same by service alone
 *   contacts      96 x 3 u32   first contacts lately: address key | service | minute and failed
 *   tracks        48 x 344     a track: one destination and service that was used more than once
 *     key          2 u32       64 bits of a keyed hash
 *     counts       7 u32       and one that is free
 *     numbers     14 f64
 *     intervals   24 f32       seconds between its last connections
 *     sizes       24 x 2 u16   bytes out and in of those connections, on a logarithmic scale
 *   rings          4 x 168 f32 uploads and new destinations by hour; activity by hour of the week
 */
export const HEAD = 24;
export const TRACKS = 48;
export const TRACK_NUMBERS = 14;
export const TRACK_COUNTS = 7;
/** Connections of a track that are remembered. */
export const BEATS = 24;
export const HOURS = 168;
export const ENTRY = 4;
export const DESTINATIONS = 256;
export const PREFIXES = 96;
export const SERVICES = 32;
export const CONTACTS = 96;
export const CONTACT = 3;

/** Places in a track, in words of 32 bits. */
export const TRACK_KEY = 0;
export const TRACK_COUNT = TRACK_KEY + 2;
export const TRACK_NUMBER = TRACK_COUNT + TRACK_COUNTS + 1;
export const TRACK_INTERVAL = TRACK_NUMBER + TRACK_NUMBERS * 2;
export const TRACK_SIZE = TRACK_INTERVAL + BEATS;
export const TRACK_WORDS = TRACK_SIZE + BEATS;

/** Places in a profile, in words. */
export const DESTINATIONS_AT = HEAD * 2;
export const PREFIXES_AT = DESTINATIONS_AT + DESTINATIONS * ENTRY;
export const SERVICES_AT = PREFIXES_AT + PREFIXES * ENTRY;
export const CONTACTS_AT = SERVICES_AT + SERVICES * ENTRY;
export const TRACKS_AT = CONTACTS_AT + CONTACTS * CONTACT;
export const RINGS_AT = TRACKS_AT + TRACKS * TRACK_WORDS;
export const PROFILE_WORDS = RINGS_AT + 4 * HOURS;

/** Raise it with every change of the layout: a profile of another version is not read. */
export const LAYOUT_VERSION = 3;
export const PROFILE_BYTES = PROFILE_WORDS * 4;

/** Chains of a profile's tracks, see track-table.ts; made anew from the tracks, so they are not kept. */
export const TRACK_CHAINS = 64;
export const CHAIN_BYTES = 128;

/**
 * Memory of some profiles, one behind the other, as numbers of each kind. Shared, so that the views themselves, which
 * are as large as a track, stay in the cache whichever host is looked at.
 */
export class ProfileBlock {
  readonly bytes: Uint8Array;
  readonly f64: Float64Array;
  readonly f32: Float32Array;
  readonly u32: Uint32Array;
  readonly u16: Uint16Array;
  readonly chains: Uint8Array;

  constructor(profiles: number) {
    const buffer = new ArrayBuffer(profiles * PROFILE_BYTES);
    this.bytes = new Uint8Array(buffer);
    this.f64 = new Float64Array(buffer);
    this.f32 = new Float32Array(buffer);
    this.u32 = new Uint32Array(buffer);
    this.u16 = new Uint16Array(buffer);
    this.chains = new Uint8Array(profiles * CHAIN_BYTES);
  }
}
