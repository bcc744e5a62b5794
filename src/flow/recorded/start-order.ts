/**
 * The order of flows by start. Zeek writes a flow when it ends, so a recording is nearly never in this order.
 *
 * Starts are not negative, and such doubles are in the order of their bits (IEEE 754-2019 section 3.4): so a radix
 * sort from the lowest 16 bits up, which is stable and several times faster than comparing.
 */

const DIGITS = 4;
const DIGIT_VALUES = 1 << 16;

/** Indices by start, equal starts by index; undefined when they are in order already. Starts are not below +0. */
export function startOrder(starts: Float64Array<ArrayBuffer>): Uint32Array<ArrayBuffer> | undefined {
  if (isInOrder(starts)) return undefined;
  // Four u16 of each double, lowest first: x64 and arm64 are little-endian.
  const digits = new Uint16Array(starts.buffer, starts.byteOffset, starts.length * DIGITS);
  let from = Uint32Array.from(starts, (_, index) => index);
  let to = new Uint32Array(starts.length);
  for (let digit = 0; digit < DIGITS; digit++) {
    const ends = new Uint32Array(DIGIT_VALUES);
    for (let i = 0; i < from.length; i++) ends[digits[i * DIGITS + digit]]++;
    for (let value = 1; value < DIGIT_VALUES; value++) ends[value] += ends[value - 1];
    for (let i = from.length - 1; i >= 0; i--) to[--ends[digits[from[i] * DIGITS + digit]]] = from[i];
    [from, to] = [to, from];
  }
  return from;
}

function isInOrder(starts: Float64Array): boolean {
  for (let i = 1; i < starts.length; i++) if (starts[i] < starts[i - 1]) return false;
  return true;
}
