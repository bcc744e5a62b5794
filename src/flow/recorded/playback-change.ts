/** What the playback reports, in one object that is refilled: a recorded flow as the flow table would show it. */
import type { MutableAddress } from '../../address/address.ts';
import type { TableChange } from '../change-reporter.ts';
import type { Direction } from '../flow.ts';
import { emptyFlow, type MutableFlow } from '../flow-reader.ts';
import type { RecordedFlow } from './recorded-flow.ts';

export interface MutableTableChange extends TableChange {
  kind: TableChange['kind'];
  slot: number;
  readonly flow: MutableFlow;
  bytesOut: number;
  bytesIn: number;
  packetsOut: number;
  packetsIn: number;
}

export function emptyChange(): MutableTableChange {
  return {
    kind: 'started',
    slot: 0,
    flow: emptyFlow(),
    bytesOut: 0,
    bytesIn: 0,
    packetsOut: 0,
    packetsIn: 0,
  };
}

/** Counters of a flow, as indices of an array. */
export const BYTES_OUT = 0;
export const BYTES_IN = 1;
export const PACKETS_OUT = 2;
export const PACKETS_IN = 3;

/**
 * Fill everything but kind and slot. The counters are the originator's (out) and the responder's (in): `before` as
 * reported last, `now` as they are.
 */
export function fillChange(
  change: MutableTableChange,
  record: RecordedFlow,
  direction: Direction,
  before: Float64Array,
  now: Float64Array,
): void {
  const { flow } = change;
  flow.direction = direction;
  flow.protocol = record.protocol;
  flow.icmpType = record.icmpType;
  flow.icmpCode = record.icmpCode;
  flow.startedAtMs = record.startedAtMs;
  // A refusal is a packet too: conntrack sets IPS_SEEN_REPLY.
  flow.replied = record.outcome !== 'unanswered';
  const inbound = direction === 'inbound';
  fillEnds(flow, record, inbound);
  const out = inbound ? BYTES_IN : BYTES_OUT;
  const back = inbound ? BYTES_OUT : BYTES_IN;
  flow.bytesOut = now[out];
  flow.bytesIn = now[back];
  flow.packetsOut = now[PACKETS_OUT + out];
  flow.packetsIn = now[PACKETS_OUT + back];
  change.bytesOut = flow.bytesOut - before[out];
  change.bytesIn = flow.bytesIn - before[back];
  change.packetsOut = flow.packetsOut - before[PACKETS_OUT + out];
  change.packetsIn = flow.packetsIn - before[PACKETS_OUT + back];
}

/** NAT is not recorded: packets went where they were sent. */
function fillEnds(flow: MutableFlow, record: RecordedFlow, inbound: boolean): void {
  const host = inbound ? record.destination : record.source;
  const other = inbound ? record.source : record.destination;
  fillAddress(flow.host, host);
  fillAddress(flow.destination, other);
  fillAddress(flow.translated, other);
  flow.hostPort = inbound ? record.destinationPort : record.sourcePort;
  flow.destinationPort = inbound ? record.sourcePort : record.destinationPort;
  flow.translatedPort = flow.destinationPort;
}

function fillAddress(into: MutableAddress, { family, a, b, c, d }: RecordedFlow['source']): void {
  into.family = family;
  into.a = a;
  into.b = b;
  into.c = c;
  into.d = d;
}
