/**
 * Whether the responder took part. Zeek's state (https://docs.zeek.org, conn_state) tells a refusal from an answer,
 * but not always whether anything came back: where it saw the start of a connection badly it says S0, SH or RSTOS0
 * beside packets of the responder. conntrack would have seen those, so the counters decide there.
 *
 *   SF S1 S2 S3 RSTO RSTR RSTRH SHR   answered
 *   REJ                               refused, unless the responder sent data after all
 *   S0 SH RSTOS0 OTH                  answered if anything came back, else unanswered; OTH saw no start to refuse
 *   another state, or none            nothing came back: unanswered
 *                                     TCP, and only headers on both sides, no more answers than attempts: refused
 *                                     else answered
 */
import { IPPROTO_TCP } from './protocol.ts';
import type { FlowOutcome, RecordedFlow } from './recorded-flow.ts';

const ANSWERED = new Set(['SF', 'S1', 'S2', 'S3', 'RSTO', 'RSTR', 'RSTRH', 'SHR']);
const UNCERTAIN = new Set(['S0', 'SH', 'RSTOS0', 'OTH']);

/** An IP header (RFC 791, RFC 8200) and a TCP header (RFC 9293) without options: all that an RST is. */
const BARE_HEADERS = { 4: 40, 6: 60 } as const;
/** A SYN has options, 40 bytes at most (RFC 9293 section 3.1). */
const MOST_OPTIONS = 40;

/** `state` is null where the source has none; one that is not Zeek's counts as none. Every other field is set. */
export function outcomeOf(state: string | null, flow: RecordedFlow): FlowOutcome {
  if (state === null) return fromCounters(flow);
  if (ANSWERED.has(state)) return 'answered';
  if (UNCERTAIN.has(state)) return cameBack(flow) ? 'answered' : 'unanswered';
  if (state !== 'REJ') return fromCounters(flow);
  return flow.bytesIn > flow.packetsIn * BARE_HEADERS[flow.source.family] ? 'answered' : 'refused';
}

function fromCounters(flow: RecordedFlow): FlowOutcome {
  if (!cameBack(flow)) return 'unanswered';
  return flow.protocol === IPPROTO_TCP && isRefusal(flow) ? 'refused' : 'answered';
}

/** Windows tries a refused connection three times with one port, so there may be several of both. */
function isRefusal({ source, packetsOut, packetsIn, bytesOut, bytesIn }: RecordedFlow): boolean {
  const bare = BARE_HEADERS[source.family];
  return (
    bytesIn <= packetsIn * bare &&
    packetsIn <= Math.max(packetsOut, 1) &&
    bytesOut <= packetsOut * (bare + MOST_OPTIONS)
  );
}

function cameBack({ packetsIn, bytesIn }: RecordedFlow): boolean {
  return packetsIn > 0 || bytesIn > 0;
}
