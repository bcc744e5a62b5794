/**
 * What the reading thread (read-ahead-thread.ts) and its owner (read-ahead.ts) share: a ring of datagrams.
 *
 *   control   i32   state | descriptor | datagrams written | datagrams taken | result of each place
 *   places          PLACES x PLACE_BYTES
 *
 *             owner                          thread
 *   STARTING  --------------------------------------> IDLE
 *   IDLE      -- descriptor, then --> READING
 *                                     READING ---- the dump ends, or fails ----> IDLE
 *             STOPPING <-- given up -- READING
 *             STOPPING ------------------------------> IDLE
 *   any       -- closed --> CLOSED                    ends
 */
export const STARTING = 0;
export const IDLE = 1;
export const READING = 2;
export const STOPPING = 3;
export const CLOSED = 4;

/** Places of the control words. */
export const STATE = 0;
export const DESCRIPTOR = 1;
export const WRITTEN = 2;
export const TAKEN = 3;
const RESULTS = 4;

/** Some 20 ms of the kernel's work: on a busy machine the two threads seldom run at the same time. */
export const PLACES = 64;
/** The kernel fills dumps up to 32 KiB a datagram; memory is taken for what is written only. */
const PLACE_BYTES = 65_536;

export interface Ring {
  readonly control: Int32Array<SharedArrayBuffer>;
  readonly places: readonly Uint8Array[];
}

export interface RingMemory {
  readonly control: SharedArrayBuffer;
  readonly places: SharedArrayBuffer;
}

export function ringMemory(): RingMemory {
  return {
    control: new SharedArrayBuffer((RESULTS + PLACES) * 4),
    places: new SharedArrayBuffer(PLACES * PLACE_BYTES),
  };
}

export function ringIn({ control, places }: RingMemory): Ring {
  return {
    control: new Int32Array(control),
    places: Array.from({ length: PLACES }, (_, i) => new Uint8Array(places, i * PLACE_BYTES, PLACE_BYTES)),
  };
}

/** Where datagram `number` is. */
export function placeOf(number: number): number {
  return number & (PLACES - 1);
}

/** Index of the word with the length of the datagram in a place, or -errno instead of one. */
export function resultOf(place: number): number {
  return RESULTS + place;
}
