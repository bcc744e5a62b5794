/**
 * An attribute (linux/netlink.h, struct nlattr), header in host byte order:
 *
 *    0       2       4
 *   +-------+-------+-----------------
 *   | length| type  | payload, padded to 4
 *   +-------+-------+-----------------
 *
 * `length` counts the header and not the padding. The two high bits of `type` are flags.
 */
export const ATTRIBUTE_HEADER_BYTES = 4;

/** The payload is a list of attributes. */
export const NLA_F_NESTED = 0x8000;
/** The payload is in network byte order. */
export const NLA_F_NET_BYTEORDER = 0x4000;
export const NLA_TYPE_MASK = 0x3fff;

/** `length` is 16 bits wide. */
export const ATTRIBUTE_MAX_BYTES = 0xffff;
