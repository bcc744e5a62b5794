/**
 * Decodes ctnetlink messages. Behind nlmsghdr and nfgenmsg (see node-netlink) lie attributes:
 *
 *   CTA_TUPLE_ORIG, CTA_TUPLE_REPLY     { CTA_TUPLE_IP { source, destination }, CTA_TUPLE_PROTO { number, ports },
 *                                         CTA_TUPLE_ZONE }
 *   CTA_COUNTERS_ORIG, CTA_COUNTERS_REPLY  { packets, bytes }
 *   CTA_TIMESTAMP                       { start, stop }
 *   CTA_PROTOINFO                       { CTA_PROTOINFO_TCP { state } }
 *   CTA_STATUS, CTA_TIMEOUT, CTA_MARK, CTA_USE, CTA_ID, CTA_ZONE, CTA_LABELS, CTA_TIMESTAMP_EVENT
 *
 * The event follows from the message type and flags (net/netfilter/nf_conntrack_netlink.c):
 *
 *   NEW    + NLM_F_MULTI              dump, or the answer to a get
 *   NEW    + NLM_F_CREATE             new
 *   NEW                               update
 *   DELETE                            destroy
 *
 * Whatever the bytes are, it ends, reads nothing outside the message and throws only ConntrackDecodeError.
 */
import {
  AttributeCursor,
  type MessageCursor,
  NetlinkDecodeError,
  NFGENMSG_BYTES,
  NFNL_SUBSYS_CTNETLINK,
  NLM_F_CREATE,
  NLM_F_MULTI,
  netfilterType,
} from 'node-netlink';
import type { MutableAddress } from '../address/address.ts';
import * as attribute from './attribute.ts';
import { type ConntrackEntry, clearEntry, type EventKind, LABEL_BYTES, type Tuple } from './entry.ts';
import { ConntrackDecodeError } from './errors.ts';
import { IPCTNL_MSG_CT_DELETE, IPCTNL_MSG_CT_NEW } from './message.ts';
import { firstOfPair, isUsualPair, readUsualTuple, secondOfPair } from './usual-layout.ts';

const TYPE_NEW = netfilterType(NFNL_SUBSYS_CTNETLINK, IPCTNL_MSG_CT_NEW);
const TYPE_DELETE = netfilterType(NFNL_SUBSYS_CTNETLINK, IPCTNL_MSG_CT_DELETE);
const NS_PER_MS = 1e6;

/** What a tuple must have, as bits. */
const SOURCE = 1;
const DESTINATION = 2;
const PROTOCOL = 4;
const WHOLE_TUPLE = SOURCE | DESTINATION | PROTOCOL;

/** Both tuples, as bits. */
const ORIGINAL = 1;
const REPLY = 2;

export class ConntrackDecoder {
  // One cursor a level of nesting.
  readonly #top = new AttributeCursor();
  readonly #middle = new AttributeCursor();
  readonly #inner = new AttributeCursor();
  readonly #numbers = new Float64Array(2);

  /**
   * Decode the message at the cursor into `entry`, all of whose fields are set anew.
   * @throws ConntrackDecodeError; the entry is then half filled
   */
  decode(message: MessageCursor, entry: ConntrackEntry): void {
    clearEntry(entry);
    entry.event = eventOf(message);
    try {
      this.#attributes(message, entry);
    } catch (error) {
      if (!(error instanceof NetlinkDecodeError)) throw error;
      throw new ConntrackDecodeError(error.message, { cause: error });
    }
  }

  #attributes(message: MessageCursor, entry: ConntrackEntry): void {
    const top = this.#top.enter(message.view, message.start + NFGENMSG_BYTES, message.end);
    let tuples = 0;
    while (top.next()) {
      switch (top.type) {
        case attribute.CTA_TUPLE_ORIG:
          this.#tuple(entry, entry.original, 'original');
          tuples |= ORIGINAL;
          break;
        case attribute.CTA_TUPLE_REPLY:
          this.#tuple(entry, entry.reply, 'reply');
          tuples |= REPLY;
          break;
        default:
          this.#nest(entry);
      }
    }
    if (tuples !== (ORIGINAL | REPLY)) throw new ConntrackDecodeError('a tuple is missing');
  }

  #nest(entry: ConntrackEntry): void {
    switch (this.#top.type) {
      case attribute.CTA_COUNTERS_ORIG:
        entry.hasCounters = true;
        this.#pair(attribute.CTA_COUNTERS_PACKETS, attribute.CTA_COUNTERS_BYTES);
        entry.originalPackets = this.#numbers[0];
        entry.originalBytes = this.#numbers[1];
        break;
      case attribute.CTA_COUNTERS_REPLY:
        this.#pair(attribute.CTA_COUNTERS_PACKETS, attribute.CTA_COUNTERS_BYTES);
        entry.replyPackets = this.#numbers[0];
        entry.replyBytes = this.#numbers[1];
        break;
      case attribute.CTA_TIMESTAMP:
        this.#pair(attribute.CTA_TIMESTAMP_START, attribute.CTA_TIMESTAMP_STOP);
        entry.startedAtMs = this.#numbers[0] / NS_PER_MS;
        entry.stoppedAtMs = this.#numbers[1] / NS_PER_MS;
        break;
      case attribute.CTA_PROTOINFO:
        this.#protocolState(entry);
        break;
      default:
        this.#scalar(entry);
    }
  }

  #scalar(entry: ConntrackEntry): void {
    const top = this.#top;
    switch (top.type) {
      case attribute.CTA_STATUS:
        entry.status = top.networkU32();
        break;
      case attribute.CTA_TIMEOUT:
        entry.timeoutSeconds = top.networkU32();
        break;
      case attribute.CTA_MARK:
        entry.mark = top.networkU32();
        break;
      case attribute.CTA_USE:
        entry.use = top.networkU32();
        break;
      case attribute.CTA_ID:
        entry.id = top.networkU32();
        break;
      case attribute.CTA_ZONE:
        entry.zone = top.networkU16();
        break;
      case attribute.CTA_TIMESTAMP_EVENT:
        entry.eventAtMs = top.networkU64() / NS_PER_MS;
        break;
      case attribute.CTA_TUPLE_MASTER:
        entry.hasMaster = true;
        break;
      case attribute.CTA_LABELS:
        copyLabels(top, entry);
    }
  }

  #tuple(entry: ConntrackEntry, tuple: Tuple, direction: 'original' | 'reply'): void {
    const { view, start, end } = this.#top;
    if (readUsualTuple(view, start, end, tuple)) return;
    const middle = this.#enter(this.#middle, this.#top);
    let seen = 0;
    while (middle.next()) {
      if (middle.type === attribute.CTA_TUPLE_IP) seen |= this.#addresses(tuple);
      else if (middle.type === attribute.CTA_TUPLE_PROTO) seen |= this.#protocol(tuple);
      else if (middle.type === attribute.CTA_TUPLE_ZONE) {
        entry.zone = middle.networkU16();
        entry.zoneDirection = direction;
      }
    }
    if (seen !== WHOLE_TUPLE) throw new ConntrackDecodeError(`the ${direction} tuple is not whole`);
    if (tuple.source.family !== tuple.destination.family) {
      throw new ConntrackDecodeError(`the ${direction} tuple mixes IPv4 and IPv6`);
    }
  }

  #addresses(tuple: Tuple): number {
    const inner = this.#enter(this.#inner, this.#middle);
    let seen = 0;
    while (inner.next()) {
      const isSource = inner.type === attribute.CTA_IP_V4_SRC || inner.type === attribute.CTA_IP_V6_SRC;
      const address = isSource ? tuple.source : tuple.destination;
      if (inner.type === attribute.CTA_IP_V4_SRC || inner.type === attribute.CTA_IP_V4_DST) {
        readIpv4(inner, address);
      } else if (inner.type === attribute.CTA_IP_V6_SRC || inner.type === attribute.CTA_IP_V6_DST) {
        readIpv6(inner, address);
      } else continue;
      seen |= isSource ? SOURCE : DESTINATION;
    }
    return seen;
  }

  #protocol(tuple: Tuple): number {
    const inner = this.#enter(this.#inner, this.#middle);
    let seen = 0;
    while (inner.next()) {
      switch (inner.type) {
        case attribute.CTA_PROTO_NUM:
          tuple.protocol = inner.u8();
          seen = PROTOCOL;
          break;
        case attribute.CTA_PROTO_SRC_PORT:
          tuple.sourcePort = inner.networkU16();
          break;
        case attribute.CTA_PROTO_DST_PORT:
          tuple.destinationPort = inner.networkU16();
          break;
        case attribute.CTA_PROTO_ICMP_ID:
        case attribute.CTA_PROTO_ICMPV6_ID:
          tuple.icmpId = inner.networkU16();
          break;
        case attribute.CTA_PROTO_ICMP_TYPE:
        case attribute.CTA_PROTO_ICMPV6_TYPE:
          tuple.icmpType = inner.u8();
          break;
        case attribute.CTA_PROTO_ICMP_CODE:
        case attribute.CTA_PROTO_ICMPV6_CODE:
          tuple.icmpCode = inner.u8();
      }
    }
    return seen;
  }

  #protocolState(entry: ConntrackEntry): void {
    const middle = this.#enter(this.#middle, this.#top);
    while (middle.next()) {
      if (middle.type !== attribute.CTA_PROTOINFO_TCP) continue;
      const inner = this.#enter(this.#inner, middle);
      while (inner.next()) {
        if (inner.type === attribute.CTA_PROTOINFO_TCP_STATE) entry.tcpState = inner.u8();
      }
    }
  }

  /** Read the 64-bit numbers of these types in the nest at hand into `numbers`; 0 for one that is not there. */
  #pair(first: number, second: number): void {
    const { view, start, end } = this.#top;
    const numbers = this.#numbers;
    if (isUsualPair(view, start, end, first, second)) {
      numbers[0] = firstOfPair(view, start);
      numbers[1] = secondOfPair(view, start);
      return;
    }
    numbers.fill(0);
    const middle = this.#enter(this.#middle, this.#top);
    while (middle.next()) {
      if (middle.type === first) numbers[0] = middle.networkU64();
      else if (middle.type === second) numbers[1] = middle.networkU64();
    }
  }

  #enter(cursor: AttributeCursor, nest: AttributeCursor): AttributeCursor {
    return cursor.enter(nest.view, nest.start, nest.end);
  }
}

function eventOf(message: MessageCursor): EventKind {
  if (message.type === TYPE_DELETE) return 'destroy';
  if (message.type !== TYPE_NEW) throw new ConntrackDecodeError(`message type ${message.type}`);
  if (message.flags & NLM_F_MULTI) return 'dump';
  return message.flags & NLM_F_CREATE ? 'new' : 'update';
}

function readIpv4(cursor: AttributeCursor, address: MutableAddress): void {
  address.family = 4;
  address.a = 0;
  address.b = 0;
  address.c = 0;
  address.d = cursor.networkU32();
}

function readIpv6(cursor: AttributeCursor, address: MutableAddress): void {
  if (cursor.length < 16) throw new ConntrackDecodeError(`an IPv6 address of ${cursor.length} bytes`);
  const { view, start } = cursor;
  address.family = 6;
  address.a = view.getUint32(start);
  address.b = view.getUint32(start + 4);
  address.c = view.getUint32(start + 8);
  address.d = view.getUint32(start + 12);
}

function copyLabels(cursor: AttributeCursor, entry: ConntrackEntry): void {
  const count = Math.min(cursor.length, LABEL_BYTES);
  for (let i = 0; i < count; i++) entry.labels[i] = cursor.view.getUint8(cursor.start + i);
  entry.hasLabels = true;
}
