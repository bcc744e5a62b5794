/**
 * The flows of a running daemon as a recording. Each look shows what stands; a flow that was seen before is brought up to
 * date. Of a flow that NAT turned to another destination both ends are kept, because a policy judges both.
 */
import { parseAddress } from '../../address/address.ts';
import type { FlowListing, FlowView } from '../../engine/commands.ts';
import { outcomeOf } from '../../flow/recorded/outcome.ts';
import {
  emptyRecordedFlow,
  type MutableRecordedFlow,
  type RecordedFlow,
} from '../../flow/recorded/recorded-flow.ts';
import { RecordedFlows } from '../../flow/recorded/recorded-flows.ts';
import { ICMPV4, isIcmp } from '../../policy/schema/protocol.ts';

/** About 60 MB. */
const MAX_FLOWS = 200_000;
const ECHO_REQUEST = { 4: 8, 6: 128 } as const;

export class LiveRecording {
  readonly flows = new RecordedFlows();
  /** Looks at which not all that stood was told. */
  cutLooks = 0;
  looks = 0;
  /** Sightings of flows that were not kept because there were too many. */
  unkept = 0;
  /** Why the watch ended before its time. */
  lost: string | undefined;
  readonly #places = new Map<string, number>();
  readonly #hosts = new Set<string>();
  readonly #maxFlows: number;
  #icmp = false;

  constructor(maxFlows = MAX_FLOWS) {
    this.#maxFlows = maxFlows;
  }

  /** Hosts that opened a flow, in order of appearance. */
  get hosts(): readonly string[] {
    return [...this.#hosts];
  }

  take({ flows }: FlowListing, nowMs: number): void {
    for (const flow of flows) {
      if (flow.direction === 'outbound' && this.#hosts.size < this.#maxFlows) this.#hosts.add(flow.host);
      this.#icmp ||= isIcmp(flow.protocol);
      this.#keep(flow, recordOf(flow, nowMs));
      if (flow.translated !== null) this.#keep(translatedEnd(flow), recordOf(translatedEnd(flow), nowMs));
    }
  }

  /** What a reviewer must know. */
  get notes(): string[] {
    return [
      `seen in ${this.looks} looks at a running daemon; what began and ended between two of them may be missing, so a ` +
        'recording is better',
      ...(this.lost === undefined ? [] : [`the watch ended early: ${this.lost}`]),
      ...(this.cutLooks > 0
        ? [`${this.cutLooks} looks did not show all: more flows stood than one answer holds`]
        : []),
      ...(this.unkept > 0
        ? [`more than ${this.#maxFlows} flows were seen: those that came later are missing`]
        : []),
      ...(this.#icmp ? ['ICMP is taken for echo requests: the daemon does not tell its type'] : []),
    ];
  }

  #keep(flow: FlowView, record: RecordedFlow): void {
    const { protocol, host, hostPort, destination, destinationPort, startedAtMs } = flow;
    const key = `${protocol} ${host} ${hostPort} ${destination} ${destinationPort} ${startedAtMs}`;
    const place = this.#places.get(key);
    if (place !== undefined) this.flows.replace(place, record);
    else if (this.flows.length >= this.#maxFlows) this.unkept++;
    else {
      this.#places.set(key, this.flows.length);
      this.flows.push(record);
    }
  }
}

function translatedEnd(flow: FlowView): FlowView {
  const { translated, translatedPort, destination, destinationPort } = flow;
  return {
    ...flow,
    destination: translated ?? destination,
    destinationPort: translatedPort ?? destinationPort,
  };
}

/** From the originator's side. */
function recordOf(flow: FlowView, nowMs: number): RecordedFlow {
  const inbound = flow.direction === 'inbound';
  const [host, other] = [parseAddress(flow.host), parseAddress(flow.destination)];
  // The kernel does not always say when a flow began.
  const startedAtMs = flow.startedAtMs > 0 ? flow.startedAtMs : Math.min(flow.lastSeenAtMs, nowMs);
  const record: MutableRecordedFlow = {
    ...emptyRecordedFlow(),
    startedAtMs,
    durationMs: Math.max(0, flow.lastSeenAtMs - startedAtMs),
    protocol: flow.protocol,
    source: inbound ? other : host,
    sourcePort: inbound ? flow.destinationPort : flow.hostPort,
    destination: inbound ? host : other,
    destinationPort: inbound ? flow.hostPort : flow.destinationPort,
    // conntrack makes an entry for requests only (nf_conntrack_proto_icmp.c), and those are pings.
    icmpType: isIcmp(flow.protocol) ? ECHO_REQUEST[flow.protocol === ICMPV4 ? 4 : 6] : -1,
    icmpCode: isIcmp(flow.protocol) ? 0 : -1,
    bytesOut: inbound ? flow.bytesIn : flow.bytesOut,
    bytesIn: inbound ? flow.bytesOut : flow.bytesIn,
    packetsOut: inbound ? flow.packetsIn : flow.packetsOut,
    packetsIn: inbound ? flow.packetsOut : flow.packetsIn,
  };
  // Without accounting there are no counters; then the kernel's word counts.
  const counted = record.packetsOut + record.packetsIn > 0;
  const outcome = counted ? outcomeOf(null, record) : flow.replied ? 'answered' : 'unanswered';
  return { ...record, outcome };
}
