/**
 * The message header (RFC 3549 section 2.2, linux/netlink.h), in host byte order:
 *
 *    0               4       6       8              12              16
 *   +---------------+-------+-------+---------------+---------------+-----------------
 *   | length        | type  | flags | sequence      | port id       | payload, padded to 4
 *   +---------------+-------+-------+---------------+---------------+-----------------
 *
 * `length` counts the header and not the padding. A datagram holds one or more messages.
 */
import { endianness } from 'node:os';

/** Second argument of the DataView accessors for fields in host order. */
export const HOST_LITTLE_ENDIAN = endianness() === 'LE';

export const HEADER_BYTES = 16;

/** Control messages: types below 16 belong to netlink itself. */
export const NLMSG_NOOP = 1;
export const NLMSG_ERROR = 2;
export const NLMSG_DONE = 3;

/** Flags of any message. */
export const NLM_F_REQUEST = 0x01;
export const NLM_F_MULTI = 0x02;
export const NLM_F_ACK = 0x04;
export const NLM_F_ECHO = 0x08;
/** On a dump's messages: the table changed while it was read; entries may be missing or twice. */
export const NLM_F_DUMP_INTR = 0x10;

/** Flags of a request that reads. */
export const NLM_F_ROOT = 0x100;
export const NLM_F_MATCH = 0x200;
export const NLM_F_DUMP = NLM_F_ROOT | NLM_F_MATCH;

/** Flags of a request that creates. */
export const NLM_F_REPLACE = 0x100;
export const NLM_F_EXCL = 0x200;
export const NLM_F_CREATE = 0x400;
export const NLM_F_APPEND = 0x800;

/** Flags of an acknowledgement. */
export const NLM_F_CAPPED = 0x100;
export const NLM_F_ACK_TLVS = 0x200;

/** Netlink pads messages and attributes to four bytes. */
export function align(length: number): number {
  return (length + 3) & ~3;
}
