/** Writes ctnetlink requests; the layout is drawn in decoder.ts. */
import {
  beginNetfilter,
  type MessageWriter,
  NFNL_SUBSYS_CTNETLINK,
  NLM_F_ACK,
  NLM_F_REQUEST,
  netfilterType,
} from 'node-netlink';
import { type Address, type Family, toBytes } from '../address/address.ts';
import * as attribute from './attribute.ts';
import type { ConntrackEntry, Tuple } from './entry.ts';
import { addressFamily } from './message.ts';

const IPPROTO_ICMP = 1;
const IPPROTO_ICMPV6 = 58;

/** What names an entry for the kernel. */
export type ConntrackKey = Pick<ConntrackEntry, 'original' | 'zone' | 'zoneDirection'>;

/**
 * What tells one very entry. The id is a hash of tuples and memory address (nf_ct_get_id), so a successor that the
 * kernel puts into the same memory has the same id, which is common; its start time differs.
 */
export type ConntrackIdentity = ConntrackKey & Pick<ConntrackEntry, 'id' | 'startedAtMs'>;

/** The bits of `mask` become those of `value`; the others stay (nf_conntrack_netlink.c, ctnetlink_change_mark). */
export interface MaskedMark {
  readonly value: number;
  readonly mask: number;
}

export function beginConntrack(writer: MessageWriter, message: number, flags: number, family?: Family): void {
  const type = netfilterType(NFNL_SUBSYS_CTNETLINK, message);
  beginNetfilter(writer, type, flags, family === undefined ? 0 : addressFamily(family));
}

/** A whole request about the entry with this original tuple; by `id` too if it is to be that very one. */
export function writeKeyed(
  writer: MessageWriter,
  message: number,
  key: ConntrackKey,
  id?: number,
  mark?: MaskedMark,
): void {
  beginConntrack(writer, message, NLM_F_REQUEST | NLM_F_ACK, key.original.source.family);
  writer.beginNested(attribute.CTA_TUPLE_ORIG);
  writeAddresses(writer, key.original.source, key.original.destination);
  writeProtocol(writer, key.original);
  if (key.zone !== 0 && key.zoneDirection === 'original') {
    writer.networkU16(attribute.CTA_TUPLE_ZONE, key.zone);
  }
  writer.endNested();
  // An entry whose zone holds in the reply direction only has its original tuple in zone 0.
  if (key.zone !== 0 && key.zoneDirection === 'both') writer.networkU16(attribute.CTA_ZONE, key.zone);
  if (id !== undefined) writer.networkU32(attribute.CTA_ID, id);
  if (mark !== undefined) {
    writer.networkU32(attribute.CTA_MARK, mark.value);
    writer.networkU32(attribute.CTA_MARK_MASK, mark.mask);
  }
  writer.end();
}

export function writeAddresses(writer: MessageWriter, source?: Address, destination?: Address): void {
  writer.beginNested(attribute.CTA_TUPLE_IP);
  if (source) {
    writer.data(source.family === 4 ? attribute.CTA_IP_V4_SRC : attribute.CTA_IP_V6_SRC, toBytes(source));
  }
  if (destination) {
    const type = destination.family === 4 ? attribute.CTA_IP_V4_DST : attribute.CTA_IP_V6_DST;
    writer.data(type, toBytes(destination));
  }
  writer.endNested();
}

function writeProtocol(writer: MessageWriter, tuple: Tuple): void {
  writer.beginNested(attribute.CTA_TUPLE_PROTO);
  writer.u8(attribute.CTA_PROTO_NUM, tuple.protocol);
  if (tuple.protocol === IPPROTO_ICMP) {
    writer.networkU16(attribute.CTA_PROTO_ICMP_ID, tuple.icmpId);
    writer.u8(attribute.CTA_PROTO_ICMP_TYPE, tuple.icmpType);
    writer.u8(attribute.CTA_PROTO_ICMP_CODE, tuple.icmpCode);
  } else if (tuple.protocol === IPPROTO_ICMPV6) {
    writer.networkU16(attribute.CTA_PROTO_ICMPV6_ID, tuple.icmpId);
    writer.u8(attribute.CTA_PROTO_ICMPV6_TYPE, tuple.icmpType);
    writer.u8(attribute.CTA_PROTO_ICMPV6_CODE, tuple.icmpCode);
  } else {
    writer.networkU16(attribute.CTA_PROTO_SRC_PORT, tuple.sourcePort);
    writer.networkU16(attribute.CTA_PROTO_DST_PORT, tuple.destinationPort);
  }
  writer.endNested();
}
