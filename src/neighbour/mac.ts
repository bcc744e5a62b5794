/** Link-layer addresses of Ethernet (IEEE 802): six bytes, as text in lower case, `02:00:5e:10:00:01`. */

export type Mac = string;

export const MAC_BYTES = 6;
const TEXT = /^(?:[0-9a-f]{2}:){5}[0-9a-f]{2}$/;

/** `bytes` are six. */
export function formatMac(bytes: ArrayLike<number>): Mac {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(':');
}

/** Undefined when the text is none in canonical form. */
export function macBytes(text: string): number[] | undefined {
  return TEXT.test(text) ? text.split(':').map((pair) => Number.parseInt(pair, 16)) : undefined;
}

/** Of one station: not a group address (lowest bit of the first byte), not all zero. */
export function isStation(mac: Mac): boolean {
  const bytes = macBytes(mac);
  return bytes !== undefined && (bytes[0] & 1) === 0 && bytes.some((byte) => byte !== 0);
}
