/**
 * What is known of one host: one buffer of fixed size, so that a host costs the same whatever it does, and what is
 * kept over a restart is the buffer itself.
 *
 *   f64  head        24                       clocks, sums of the running hour
 *        tracks      48 x 14                  a track: one destination and service that was used more than once
 *   f32  rings        4 x 168                 uploads and new destinations by hour; activity by hour of the week
 *        intervals   48 x 24                  seconds between the last connections of a track
 *   u32  destinations 256 x 4                 address and service: key | first | last seen (minutes) | times
 *        prefixes     96 x 4                  the same by /24 and /48
 *        services     32 x 4                  the same by service alone
 *        contacts     96 x 3                  first contacts lately: address key | service | minute and failed
 *        track keys  48 x 2                   64 bits of a keyed hash
 *        track counts 48 x 7
 *   u16  sizes       48 x 24 x 2              bytes out and in of those connections, on a logarithmic scale
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

const F64 = HEAD + TRACKS * TRACK_NUMBERS;
const F32 = 4 * HOURS + TRACKS * BEATS;
const U32 = (DESTINATIONS + PREFIXES + SERVICES) * ENTRY + CONTACTS * CONTACT + TRACKS * (2 + TRACK_COUNTS);
const U16 = TRACKS * BEATS * 2;

/** Raise it with every change of the layout: a profile of another version is not read. */
export const LAYOUT_VERSION = 2;
export const PROFILE_BYTES = F64 * 8 + F32 * 4 + U32 * 4 + U16 * 2;

/** Cuts a buffer into its parts, one after the other. */
export class Parts {
  readonly #buffer: ArrayBuffer;
  #offset = 0;

  constructor(buffer: ArrayBuffer) {
    this.#buffer = buffer;
  }

  f64(length: number): Float64Array<ArrayBuffer> {
    return new Float64Array(this.#buffer, this.#take(length * 8), length);
  }

  f32(length: number): Float32Array<ArrayBuffer> {
    return new Float32Array(this.#buffer, this.#take(length * 4), length);
  }

  u32(length: number): Uint32Array<ArrayBuffer> {
    return new Uint32Array(this.#buffer, this.#take(length * 4), length);
  }

  u16(length: number): Uint16Array<ArrayBuffer> {
    return new Uint16Array(this.#buffer, this.#take(length * 2), length);
  }

  #take(bytes: number): number {
    const at = this.#offset;
    this.#offset += bytes;
    return at;
  }
}
