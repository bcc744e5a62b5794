/**
 * Numbers that outlive the process, for a store that may be damaged, cut off, or of another version:
 *
 *   0        4         8        12
 *   | "PWIN" | version | CRC-32 | float64 ...        little endian; the check sum is of all numbers
 */
import { crc32 } from 'node:zlib';

const MAGIC = 0x4e495750;
/** Another one when the features, or what is kept of them, change. */
const VERSION = 1;
const HEAD_BYTES = 12;
const NUMBER_BYTES = 8;

export function seal(numbers: Float64Array): Uint8Array {
  const bytes = new Uint8Array(HEAD_BYTES + numbers.length * NUMBER_BYTES);
  const view = new DataView(bytes.buffer);
  numbers.forEach((number, i) => {
    view.setFloat64(HEAD_BYTES + i * NUMBER_BYTES, number, true);
  });
  view.setUint32(0, MAGIC, true);
  view.setUint32(4, VERSION, true);
  view.setUint32(8, crc32(bytes.subarray(HEAD_BYTES)), true);
  return bytes;
}

/** Undefined for anything that {@link seal} of this version has not made. */
export function unseal(bytes: Uint8Array): Float64Array | undefined {
  const length = (bytes.byteLength - HEAD_BYTES) / NUMBER_BYTES;
  if (length < 0 || !Number.isInteger(length)) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.getUint32(0, true) !== MAGIC || view.getUint32(4, true) !== VERSION) return undefined;
  if (view.getUint32(8, true) !== crc32(bytes.subarray(HEAD_BYTES))) return undefined;
  return Float64Array.from({ length }, (_, i) => view.getFloat64(HEAD_BYTES + i * NUMBER_BYTES, true));
}
