/** Destinations that no packet leaves the link for, so that an outbound policy has no say. */
import type { Address } from '../../address/address.ts';

/**
 * IPv4: loopback 127/8 (RFC 1122), link-local 169.254/16 (RFC 3927), local multicast 224.0.0/24 (RFC 5771 section 4),
 * limited broadcast. IPv6: ::1, fe80::/10 (RFC 4291), and multicast of interface or link scope, whatever its flags
 * (RFC 4291 section 2.7: ff, 4 bits of flags, 4 bits of scope). Wider multicast (239/8, ff05::) is routed and so is
 * judged like any destination.
 */
export function isLinkScope({ family, a, b, c, d }: Address): boolean {
  if (family === 4) {
    const octet = d >>> 24;
    if (octet === 127) return true;
    if (octet === 169) return d >>> 16 === 0xa9fe;
    return d >>> 8 === 0xe00000 || d === 0xffffffff;
  }
  if (a === 0) return b === 0 && c === 0 && d === 1;
  if (a >>> 22 === 0x3fa) return true;
  const multicast = (a >>> 16) & 0xff0f;
  return multicast === 0xff01 || multicast === 0xff02;
}
