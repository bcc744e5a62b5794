/**
 * nfnetlink (linux/netfilter/nfnetlink.h): what every NETLINK_NETFILTER message has in common.
 * The message type is `subsystem << 8 | message`; behind the nlmsghdr comes struct nfgenmsg:
 *
 *    0        1         2                     4
 *   +--------+---------+---------------------+----------------
 *   | family | version | resource id (BE 16) | attributes, payloads in network byte order
 *   +--------+---------+---------------------+----------------
 */
import type { MessageWriter } from './message-writer.ts';

export const NFNL_SUBSYS_CTNETLINK = 1;
export const NFNL_SUBSYS_NFTABLES = 10;
export const NFNL_SUBSYS_HOOK = 12;

/** Around the messages of a transaction; the resource id is the subsystem. */
export const NFNL_MSG_BATCH_BEGIN = 0x10;
export const NFNL_MSG_BATCH_END = 0x11;

export const NFNETLINK_V0 = 0;
export const NFGENMSG_BYTES = 4;

/** Multicast groups for `join`. */
export const NFNLGRP_CONNTRACK_NEW = 1;
export const NFNLGRP_CONNTRACK_UPDATE = 2;
export const NFNLGRP_CONNTRACK_DESTROY = 3;
export const NFNLGRP_NFTABLES = 7;

/** nlmsg_type of a message of a subsystem. */
export function netfilterType(subsystem: number, message: number): number {
  return (subsystem << 8) | message;
}

/**
 * Begin a message and write its nfgenmsg. `family` is NFPROTO_* (0 unspecified, 1 inet, 2 ipv4, 10 ipv6).
 * Returns the sequence number.
 */
export function beginNetfilter(
  writer: MessageWriter,
  type: number,
  flags: number,
  family = 0,
  resourceId = 0,
): number {
  const sequence = writer.begin(type, flags);
  const at = writer.reserve(NFGENMSG_BYTES);
  writer.view.setUint8(at, family);
  writer.view.setUint8(at + 1, NFNETLINK_V0);
  writer.view.setUint16(at + 2, resourceId);
  return sequence;
}
