/**
 * NetFlow and IPFIX records to flows. An exporter writes a record for each direction, and cuts long flows into
 * several (RFC 7011, active and idle timeouts); conntrack has one entry for all of them. So records of one 5-tuple,
 * in either direction, are one flow as long as no more than 30 s lie between the end of one and the start of the
 * next: for so long conntrack remembers a connection of any protocol at least (nf_conntrack_udp_timeout,
 * nf_conntrack_icmp_timeout).
 *
 *   A:50000 -> B:443  |-------|  |------|            -> A:50000 -> B:443  |----------------|
 *   B:443 -> A:50000   |------------------|
 *   A:50000 -> B:443                          30 s  |---|                                    another flow
 *
 * The first record tells who began; where two directions start together, ports tell (direction.ts), and for ICMP
 * which of the two is the request.
 */
import { type Address, sameAddress } from '../../address/address.ts';
import { looksLikeAnswer, turnRound } from './direction.ts';
import { icmpRequestType } from './icmp.ts';
import { outcomeOf } from './outcome.ts';
import { isIcmp } from './protocol.ts';
import {
  emptyRecordedFlow,
  type FlowLabel,
  type MutableRecordedFlow,
  type RecordedFlow,
} from './recorded-flow.ts';
import type { RecordedFlows } from './recorded-flows.ts';

const MAX_GAP_MS = 30_000;
const LABEL_WEIGHTS: Readonly<Record<FlowLabel, number>> = { unknown: 0, benign: 1, malicious: 2 };

/** Append the flows that `records` make to `flows`. Takes about 200 bytes a record meanwhile. */
export function joinRecords(records: RecordedFlows, flows: RecordedFlows): void {
  const latest = new Map<string, number>();
  const record = emptyRecordedFlow();
  const flow = emptyRecordedFlow();
  records.sort();
  for (let i = 0; i < records.length; i++) {
    records.read(i, record);
    const key = keyOf(record);
    const place = latest.get(key);
    if (place !== undefined) flows.read(place, flow);
    if (place !== undefined && record.startedAtMs <= flow.startedAtMs + flow.durationMs + MAX_GAP_MS) {
      absorb(flow, record);
      flows.replace(place, flow);
    } else {
      latest.set(key, flows.length);
      flows.push(record);
    }
  }
}

/** The same for both directions. An ICMP request and its reply are one conversation. */
function keyOf(record: RecordedFlow): string {
  const { protocol, source, sourcePort, destination, destinationPort } = record;
  const ends = [endKey(source, sourcePort), endKey(destination, destinationPort)];
  return `${protocol} ${requestType(record)} ${ends.sort().join(' ')}`;
}

function endKey({ family, a, b, c, d }: Address, port: number): string {
  return family === 4 ? `${d} ${port}` : `${a} ${b} ${c} ${d} ${port}`;
}

function requestType({ protocol, icmpType }: RecordedFlow): number {
  return isIcmp(protocol) ? (icmpRequestType(protocol, icmpType) ?? icmpType) : -1;
}

/** `record` does not start before `flow`. */
function absorb(flow: MutableRecordedFlow, record: RecordedFlow): void {
  const reverse = !isSameDirection(flow, record);
  if (reverse && isAnswer(flow, record)) {
    turnRound(flow);
    add(flow, record, false);
  } else add(flow, record, reverse);
  if (reverse && isIcmp(flow.protocol)) flow.icmpType = requestType(flow);
  const endsAtMs = Math.max(flow.startedAtMs + flow.durationMs, record.startedAtMs + record.durationMs);
  flow.durationMs = endsAtMs - flow.startedAtMs;
  if (LABEL_WEIGHTS[record.label] > LABEL_WEIGHTS[flow.label]) flow.label = record.label;
  flow.outcome = outcomeOf(null, flow);
}

function isSameDirection(flow: RecordedFlow, record: RecordedFlow): boolean {
  return sameAddress(flow.source, record.source) && flow.sourcePort === record.sourcePort;
}

/** Whether `flow` began with the answer to `record`. */
function isAnswer(flow: RecordedFlow, record: RecordedFlow): boolean {
  if (isIcmp(flow.protocol)) return icmpRequestType(flow.protocol, flow.icmpType) === record.icmpType;
  return flow.startedAtMs === record.startedAtMs && looksLikeAnswer(flow);
}

function add(flow: MutableRecordedFlow, record: RecordedFlow, reverse: boolean): void {
  flow.bytesOut = sum(flow.bytesOut, reverse ? record.bytesIn : record.bytesOut);
  flow.bytesIn = sum(flow.bytesIn, reverse ? record.bytesOut : record.bytesIn);
  flow.packetsOut = sum(flow.packetsOut, reverse ? record.packetsIn : record.packetsOut);
  flow.packetsIn = sum(flow.packetsIn, reverse ? record.packetsOut : record.packetsIn);
}

function sum(x: number, y: number): number {
  return Math.min(x + y, Number.MAX_SAFE_INTEGER);
}
