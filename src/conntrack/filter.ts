/**
 * Which entries a dump gives. The kernel narrows the dump where it can be trusted to, and every entry that comes is
 * matched here again, so the result is the same on every kernel:
 *
 *   criterion                          narrowed by the kernel
 *   family, mark                       always
 *   status                             from 5.15
 *   zone                               from 6.8
 *   original IPv4 addresses, protocol  from 5.8 (CTA_FILTER)
 *   original IPv6 addresses            never: the kernel's comparison is inverted (nf_conntrack_netlink.c,
 *                                      ctnetlink_filter_match_tuple)
 *   reply                              never: some kernels parse it by the flags of the original tuple, and then find
 *                                      nothing
 */
import { type MessageWriter, NLM_F_DUMP, NLM_F_REQUEST } from 'node-netlink';
import { type Address, type Family, sameAddress } from '../address/address.ts';
import * as attribute from './attribute.ts';
import type { ConntrackEntry, Tuple } from './entry.ts';
import { IPCTNL_MSG_CT_GET } from './message.ts';
import { beginConntrack, writeAddresses } from './request.ts';

/** Bits of CTA_FILTER_ORIG_FLAGS (net/netfilter/nf_internals.h): what of the tuple counts. */
const FILTER_IP_SRC = 1 << 0;
const FILTER_IP_DST = 1 << 1;
const FILTER_PROTO_NUM = 1 << 3;

/** `field & mask` must be `value`. */
export interface MaskedValue {
  readonly value: number;
  readonly mask: number;
}

export interface TupleFilter {
  readonly source?: Address;
  readonly destination?: Address;
  /** IP protocol number. */
  readonly protocol?: number;
}

/** All that is given must match; an empty filter matches all. */
export interface DumpFilter {
  readonly family?: Family;
  readonly mark?: MaskedValue;
  /** IPS_* bits. */
  readonly status?: MaskedValue;
  readonly zone?: number;
  readonly original?: TupleFilter;
  readonly reply?: TupleFilter;
}

export function matchesFilter(filter: DumpFilter, entry: ConntrackEntry): boolean {
  const { family, mark, status, zone, original, reply } = filter;
  return (
    (family === undefined || entry.original.source.family === family) &&
    (zone === undefined || entry.zone === zone) &&
    hasBits(mark, entry.mark) &&
    hasBits(status, entry.status) &&
    matchesTuple(original, entry.original) &&
    matchesTuple(reply, entry.reply)
  );
}

function hasBits(wanted: MaskedValue | undefined, field: number): boolean {
  return wanted === undefined || (field & wanted.mask) >>> 0 === wanted.value >>> 0;
}

function matchesTuple(wanted: TupleFilter | undefined, tuple: Tuple): boolean {
  if (wanted === undefined) return true;
  const { source, destination, protocol } = wanted;
  return (
    (source === undefined || sameAddress(source, tuple.source)) &&
    (destination === undefined || sameAddress(destination, tuple.destination)) &&
    (protocol === undefined || protocol === tuple.protocol)
  );
}

/** Write the dump request with what the kernel can be trusted to filter. */
export function writeDump(writer: MessageWriter, filter: DumpFilter): void {
  beginConntrack(writer, IPCTNL_MSG_CT_GET, NLM_F_REQUEST | NLM_F_DUMP, filterFamily(filter));
  writeMasked(writer, attribute.CTA_MARK, attribute.CTA_MARK_MASK, filter.mark);
  // The kernel takes an empty status mask for an error.
  if (filter.status?.mask) {
    writeMasked(writer, attribute.CTA_STATUS, attribute.CTA_STATUS_MASK, filter.status);
  }
  if (filter.zone !== undefined) writer.networkU16(attribute.CTA_ZONE, filter.zone);
  if (filter.original && filterFamily(filter) === 4) writeOriginal(writer, filter.original);
  writer.end();
}

function filterFamily({ family, original, reply }: DumpFilter): Family | undefined {
  const address = original?.source ?? original?.destination ?? reply?.source ?? reply?.destination;
  return family ?? address?.family;
}

function writeMasked(writer: MessageWriter, type: number, maskType: number, wanted?: MaskedValue): void {
  if (wanted === undefined) return;
  writer.networkU32(type, wanted.value);
  writer.networkU32(maskType, wanted.mask);
}

function writeOriginal(writer: MessageWriter, { source, destination, protocol }: TupleFilter): void {
  if ((source ?? destination)?.family !== 4) return;
  const flags =
    (source ? FILTER_IP_SRC : 0) |
    (destination ? FILTER_IP_DST : 0) |
    (protocol === undefined ? 0 : FILTER_PROTO_NUM);
  writer.beginNested(attribute.CTA_FILTER);
  writer.u32(attribute.CTA_FILTER_ORIG_FLAGS, flags);
  writer.endNested();
  writer.beginNested(attribute.CTA_TUPLE_ORIG);
  writeAddresses(writer, source, destination);
  if (protocol !== undefined) {
    writer.beginNested(attribute.CTA_TUPLE_PROTO);
    writer.u8(attribute.CTA_PROTO_NUM, protocol);
    writer.endNested();
  }
  writer.endNested();
}
