/**
 * One connection as somebody else wrote it down: Zeek's conn.log, NetFlow or IPFIX records, or Penstock's own NDJSON.
 * Told from the originator, who sent the first packet, to the responder; which end is ours the playback decides.
 */
import { type Address, type MutableAddress, mutableAddress } from '../../address/address.ts';

/**
 * answered: the responder took part. unanswered: nothing came back. refused: only a refusal came back (a TCP RST).
 */
export type FlowOutcome = 'answered' | 'unanswered' | 'refused';

/** What those who recorded the flow know of it. Never an input of detection, only of its evaluation. */
export type FlowLabel = 'malicious' | 'benign' | 'unknown';

/** Read-only view that may be refilled: copy what you keep. */
export interface RecordedFlow {
  /** Milliseconds since the epoch, fraction kept; or since the capture began, where the source counts so. */
  readonly startedAtMs: number;
  /** Milliseconds from the first packet to the last, never negative. */
  readonly durationMs: number;
  /** IP protocol number (IANA). */
  readonly protocol: number;
  readonly source: Address;
  /** Ports are 0 for protocols without them. */
  readonly sourcePort: number;
  readonly destination: Address;
  readonly destinationPort: number;
  /** Of the originator's first packet. ICMP and ICMPv6 only, else -1, and -1 where the source does not say. */
  readonly icmpType: number;
  readonly icmpCode: number;
  /** From the originator, with IP headers where the source counts them. */
  readonly bytesOut: number;
  /** From the responder. */
  readonly bytesIn: number;
  readonly packetsOut: number;
  readonly packetsIn: number;
  readonly outcome: FlowOutcome;
  readonly label: FlowLabel;
  /** Where the record comes from, for a person; null when nothing is said. */
  readonly note: string | null;
}

/** A recorded flow that is filled again and again. */
export type MutableRecordedFlow = { -readonly [K in keyof RecordedFlow]: RecordedFlow[K] } & {
  readonly source: MutableAddress;
  readonly destination: MutableAddress;
};

export function emptyRecordedFlow(): MutableRecordedFlow {
  return {
    startedAtMs: 0,
    durationMs: 0,
    protocol: 0,
    source: mutableAddress(),
    sourcePort: 0,
    destination: mutableAddress(),
    destinationPort: 0,
    icmpType: -1,
    icmpCode: -1,
    bytesOut: 0,
    bytesIn: 0,
    packetsOut: 0,
    packetsIn: 0,
    outcome: 'unanswered',
    label: 'unknown',
    note: null,
  };
}
