/**
 * Keys of @allowN and @namedN as the kernel has them, each field on a multiple of four bytes:
 *
 *   destination (4 or 16) | host (4 or 16) | protocol 0 0 0 | port port 0 0
 *
 * The destination comes first because a pipapo set goes through all elements that match the fields so far, at each
 * look-up and at each element that is put in (nft_set_pipapo.c, pipapo_refill). Rules name few groups of hosts and many
 * destinations: by the host first, 20,000 elements of one group took the kernel 3.0 s, by the destination 0.16.
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
    into[at + i] = destination[i];
    into[at + length + i] = host[i];
  }
  const rest = at + 2 * length;
  into[rest] = key >>> 16;
  into[rest + 4] = (key >>> 8) & 255;
  into[rest + 5] = key & 255;
}
