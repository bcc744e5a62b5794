/**
 * Nests as the kernel writes nearly all of them (nf_conntrack_netlink.c): the same attributes, of the same length, in
 * the same order. Then one look at each header, as one word, tells where everything is. What is laid out otherwise is for
 * the walk over attributes in decoder.ts.
 *
 *    0 IP 20 | source 8 | destination 8 | PROTO 28 | number 5 | source port 6 | destination port 6      a tuple, 48 bytes
 *    0       4          12              20         24         32              40
 *    0 first 12 | second 12                                                       two numbers of 64 bits, 24 bytes
 */
import { HOST_LITTLE_ENDIAN as HOST, NLA_F_NESTED } from 'node-netlink';
import * as attribute from './attribute.ts';
import type { Tuple } from './entry.ts';

const TUPLE_BYTES = 48;
const PAIR_BYTES = 24;
const TWO_32 = 0x1_0000_0000;

const ADDRESSES = header(attribute.CTA_TUPLE_IP | NLA_F_NESTED, 20);
const SOURCE = header(attribute.CTA_IP_V4_SRC, 8);
const DESTINATION = header(attribute.CTA_IP_V4_DST, 8);
const PROTOCOL = header(attribute.CTA_TUPLE_PROTO | NLA_F_NESTED, 28);
const NUMBER = header(attribute.CTA_PROTO_NUM, 5);
const SOURCE_PORT = header(attribute.CTA_PROTO_SRC_PORT, 6);
const DESTINATION_PORT = header(attribute.CTA_PROTO_DST_PORT, 6);

/** As `getInt32` in host order reads it. */
function header(type: number, length: number): number {
  return HOST ? (type << 16) | length : (length << 16) | type;
}

/** Of IPv4 with ports, between two bytes of a view; false and untouched when it is laid out otherwise. */
export function readUsualTuple(view: DataView, start: number, end: number, tuple: Tuple): boolean {
  if (
    end - start !== TUPLE_BYTES ||
    view.getInt32(start, HOST) !== ADDRESSES ||
    view.getInt32(start + 4, HOST) !== SOURCE ||
    view.getInt32(start + 12, HOST) !== DESTINATION ||
    view.getInt32(start + 20, HOST) !== PROTOCOL ||
    view.getInt32(start + 24, HOST) !== NUMBER ||
    view.getInt32(start + 32, HOST) !== SOURCE_PORT ||
    view.getInt32(start + 40, HOST) !== DESTINATION_PORT
  )
    return false;
  tuple.source.family = 4;
  tuple.source.d = view.getUint32(start + 8);
  tuple.destination.family = 4;
  tuple.destination.d = view.getUint32(start + 16);
  tuple.protocol = view.getUint8(start + 28);
  tuple.sourcePort = view.getUint16(start + 36);
  tuple.destinationPort = view.getUint16(start + 44);
  return true;
}

/** Two numbers of these types, see {@link firstOfPair} and {@link secondOfPair}. */
export function isUsualPair(
  view: DataView,
  start: number,
  end: number,
  first: number,
  second: number,
): boolean {
  return (
    end - start === PAIR_BYTES &&
    view.getInt32(start, HOST) === header(first, 12) &&
    view.getInt32(start + 12, HOST) === header(second, 12)
  );
}

export function firstOfPair(view: DataView, start: number): number {
  return view.getUint32(start + 4) * TWO_32 + view.getUint32(start + 8);
}

export function secondOfPair(view: DataView, start: number): number {
  return view.getUint32(start + 16) * TWO_32 + view.getUint32(start + 20);
}
