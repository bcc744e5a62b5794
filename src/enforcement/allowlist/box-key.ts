/**
 * Keys of @allowN and @namedN as the kernel has them, each field on a multiple of four bytes:
 *
 *   host (4 or 16) | destination (4 or 16) | protocol 0 0 0 | port port 0 0
 */
export function boxKey(host: Uint8Array, destination: Uint8Array, key: number): Uint8Array {
  const bytes = new Uint8Array(host.length * 2 + 8);
  writeBoxKey(bytes, 0, host, destination, key);
  return bytes;
}

/** Into bytes that are 0. `key`: protocol << 16 | port. */
export function writeBoxKey(
  into: Uint8Array,
  at: number,
  host: Uint8Array,
  destination: Uint8Array,
  key: number,
): void {
  const { length } = host;
  for (let i = 0; i < length; i++) {
    into[at + i] = host[i];
    into[at + length + i] = destination[i];
  }
  const rest = at + 2 * length;
  into[rest] = key >>> 16;
  into[rest + 4] = (key >>> 8) & 255;
  into[rest + 5] = key & 255;
}
