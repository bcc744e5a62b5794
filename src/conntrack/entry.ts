/**
 * One entry of the connection tracking table. The decoder refills one object, so that the hot path makes no garbage:
 * copy (`copyEntry`) what you keep.
 *
 *   original   source -> destination        of the packet that opened it
 *   reply      source -> destination        of the packets that answer: the other way round, after NAT
 *
 * What a message does not carry has its neutral value, given at each field.
 */
import { type Address, type MutableAddress, mutableAddress } from '../address/address.ts';

/** 'dump' for an entry that was asked for. */
export type EventKind = 'new' | 'update' | 'destroy' | 'dump';

export interface Tuple {
  readonly source: MutableAddress;
  readonly destination: MutableAddress;
  /** IP protocol number. */
  protocol: number;
  /** TCP, UDP, SCTP, DCCP, GRE; else 0. */
  sourcePort: number;
  destinationPort: number;
  /** ICMP and ICMPv6; else -1. */
  icmpType: number;
  icmpCode: number;
  /** ICMP and ICMPv6; else 0. */
  icmpId: number;
}

/** The directions in which the zone holds; in the other one the entry is in zone 0. */
export type ZoneDirection = 'both' | 'original' | 'reply';

export interface ConntrackEntry {
  event: EventKind;
  readonly original: Tuple;
  readonly reply: Tuple;
  /** 0 is the default zone. */
  zone: number;
  zoneDirection: ZoneDirection;
  /** False without nf_conntrack_acct; NEW and UPDATE events have none in any case. */
  hasCounters: boolean;
  /** Doubles: exact up to 2^53. Counted from the IP header. */
  originalPackets: number;
  originalBytes: number;
  replyPackets: number;
  replyBytes: number;
  /** Milliseconds since the epoch with fraction; 0 when not said. Dumps and DESTROY, with nf_conntrack_timestamp. */
  startedAtMs: number;
  /** DESTROY only. */
  stoppedAtMs: number;
  /** When the kernel made the event (from 6.14, with nf_conntrack_timestamp); 0 when not said. */
  eventAtMs: number;
  /** IPS_* bits. */
  status: number;
  /** TCP_CONNTRACK_*; -1 when not said. */
  tcpState: number;
  mark: number;
  hasLabels: boolean;
  readonly labels: Uint8Array;
  /** Seconds that the entry lives on without a packet; 0 when not said. */
  timeoutSeconds: number;
  /**
   * Hash of tuples and memory address (nf_ct_get_id): a later entry with the same tuples often has the same id. Only
   * `startedAtMs` and events tell them apart. 0 when not said.
   */
  id: number;
  /** Another connection opened it (CTA_TUPLE_MASTER). */
  hasMaster: boolean;
  /** References that the kernel holds; 0 when not said. */
  use: number;
}

/** Conntrack labels are 128 bits wide. */
export const LABEL_BYTES = 16;

function emptyTuple(): Tuple {
  return {
    source: mutableAddress(),
    destination: mutableAddress(),
    protocol: 0,
    sourcePort: 0,
    destinationPort: 0,
    icmpType: -1,
    icmpCode: -1,
    icmpId: 0,
  };
}

/** An entry for the decoder to fill. */
export function emptyEntry(): ConntrackEntry {
  return {
    event: 'dump',
    original: emptyTuple(),
    reply: emptyTuple(),
    zone: 0,
    zoneDirection: 'both',
    hasCounters: false,
    originalPackets: 0,
    originalBytes: 0,
    replyPackets: 0,
    replyBytes: 0,
    startedAtMs: 0,
    stoppedAtMs: 0,
    eventAtMs: 0,
    status: 0,
    tcpState: -1,
    mark: 0,
    hasLabels: false,
    labels: new Uint8Array(LABEL_BYTES),
    timeoutSeconds: 0,
    id: 0,
    hasMaster: false,
    use: 0,
  };
}

function assignAddress(to: MutableAddress, from: Address): void {
  to.family = from.family;
  to.a = from.a;
  to.b = from.b;
  to.c = from.c;
  to.d = from.d;
}

function assignTuple(to: Tuple, from: Tuple): void {
  assignAddress(to.source, from.source);
  assignAddress(to.destination, from.destination);
  to.protocol = from.protocol;
  to.sourcePort = from.sourcePort;
  to.destinationPort = from.destinationPort;
  to.icmpType = from.icmpType;
  to.icmpCode = from.icmpCode;
  to.icmpId = from.icmpId;
}

function assignEntry(to: ConntrackEntry, from: ConntrackEntry): void {
  to.event = from.event;
  assignTuple(to.original, from.original);
  assignTuple(to.reply, from.reply);
  to.zone = from.zone;
  to.zoneDirection = from.zoneDirection;
  to.hasCounters = from.hasCounters;
  to.originalPackets = from.originalPackets;
  to.originalBytes = from.originalBytes;
  to.replyPackets = from.replyPackets;
  to.replyBytes = from.replyBytes;
  to.startedAtMs = from.startedAtMs;
  to.stoppedAtMs = from.stoppedAtMs;
  to.eventAtMs = from.eventAtMs;
  to.status = from.status;
  to.tcpState = from.tcpState;
  to.mark = from.mark;
  // Few entries have labels, and the copy is the dearest line here.
  if (to.hasLabels || from.hasLabels) to.labels.set(from.labels);
  to.hasLabels = from.hasLabels;
  to.timeoutSeconds = from.timeoutSeconds;
  to.id = from.id;
  to.hasMaster = from.hasMaster;
  to.use = from.use;
}

const neutral = emptyEntry();

/** Give every field its neutral value. */
export function clearEntry(entry: ConntrackEntry): void {
  assignEntry(entry, neutral);
}

/** A copy that the next message does not change. */
export function copyEntry(from: ConntrackEntry): ConntrackEntry {
  const copy = emptyEntry();
  assignEntry(copy, from);
  return copy;
}
