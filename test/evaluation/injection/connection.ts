/** Connections as a recorder would have written them down. Bytes count IP headers. */
import { type Address, ipv4 } from '../../../src/address/address.ts';
import type { FlowOutcome, RecordedFlow } from '../../../src/flow/recorded/recorded-flow.ts';
import type { Draw } from './draw.ts';

export const TCP = 6;
export const UDP = 17;
export const ICMP = 1;
const ECHO_REQUEST = 8;

/** IP and TCP header, and what of an Ethernet frame is left for data. */
const HEADERS = 40;
const SEGMENT = 1_460;
/** SYN with its options. */
const SYN = 60;
const FIRST_EPHEMERAL = 32_768;

export interface Ends {
  readonly host: Address;
  readonly destination: Address;
  readonly port: number;
}

export interface Transfer {
  readonly startedAtMs: number;
  readonly durationMs: number;
  /** Of the application; headers and acknowledgements come on top. */
  readonly dataOut: number;
  readonly dataIn: number;
}

/** A TCP connection that was answered: one acknowledgement for two segments each way (RFC 9293 section 3.8.6.3). */
export function tcpConnection(ends: Ends, transfer: Transfer, draw: Draw): RecordedFlow {
  const segmentsOut = Math.ceil(transfer.dataOut / SEGMENT);
  const segmentsIn = Math.ceil(transfer.dataIn / SEGMENT);
  const packetsOut = 3 + segmentsOut + Math.ceil(segmentsIn / 2);
  const packetsIn = 2 + segmentsIn + Math.ceil(segmentsOut / 2);
  return {
    ...flow(ends, TCP, 'answered', transfer, draw),
    packetsOut,
    packetsIn,
    bytesOut: Math.round(transfer.dataOut) + packetsOut * HEADERS,
    bytesIn: Math.round(transfer.dataIn) + packetsIn * HEADERS,
  };
}

/** A SYN, tried again twice, that nobody answers; or one that is refused by an RST. */
export function failedConnection(
  ends: Ends,
  startedAtMs: number,
  outcome: Exclude<FlowOutcome, 'answered'>,
  draw: Draw,
): RecordedFlow {
  const packetsOut = outcome === 'refused' ? 1 : 3;
  const durationMs = outcome === 'refused' ? draw.uniform(1, 150) : 3_000;
  return {
    ...flow(ends, TCP, outcome, { startedAtMs, durationMs }, draw),
    packetsOut,
    bytesOut: packetsOut * SYN,
    packetsIn: outcome === 'refused' ? 1 : 0,
    bytesIn: outcome === 'refused' ? HEADERS : 0,
  };
}

export interface Datagrams {
  readonly startedAtMs: number;
  readonly durationMs: number;
  readonly packets: number;
  /** Of each packet, with headers. */
  readonly packetOut: number;
  readonly packetIn: number;
}

/** UDP or, with port 0, ICMP echo: each packet is answered by one. */
export function exchange(ends: Ends, protocol: number, datagrams: Datagrams, draw: Draw): RecordedFlow {
  const { packets, packetOut, packetIn } = datagrams;
  const icmp = protocol === ICMP;
  return {
    ...flow(ends, protocol, 'answered', datagrams, draw),
    sourcePort: icmp ? 0 : FIRST_EPHEMERAL + draw.below(28_000),
    icmpType: icmp ? ECHO_REQUEST : -1,
    icmpCode: icmp ? 0 : -1,
    packetsOut: packets,
    packetsIn: packets,
    bytesOut: Math.round(packets * packetOut),
    bytesIn: Math.round(packets * packetIn),
  };
}

function flow(
  { host, destination, port }: Ends,
  protocol: number,
  outcome: FlowOutcome,
  { startedAtMs, durationMs }: Pick<Transfer, 'startedAtMs' | 'durationMs'>,
  draw: Draw,
): RecordedFlow {
  return {
    startedAtMs,
    durationMs,
    protocol,
    source: host,
    sourcePort: FIRST_EPHEMERAL + draw.below(28_000),
    destination,
    destinationPort: port,
    icmpType: -1,
    icmpCode: -1,
    bytesOut: 0,
    bytesIn: 0,
    packetsOut: 0,
    packetsIn: 0,
    outcome,
    label: 'malicious',
    note: 'injected',
  };
}

/** First octets of networks that are all public unicast (RFC 6890 names nothing in them). */
const PUBLIC = [23, 31, 45, 51, 62, 77, 80, 91, 104, 139, 159, 185, 195, 209, 212] as const;

/** An address on the Internet, where nobody of the background is by more than chance. */
export function outsideAddress(draw: Draw): Address {
  return ipv4(draw.pick(PUBLIC) * 2 ** 24 + draw.below(2 ** 24));
}
