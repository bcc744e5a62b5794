/**
 * Penstock's own recordings: one JSON object a line. Keys that are not named here are left alone.
 *
 *   ts                       start, seconds since the epoch or since the capture began, or a date
 *   duration                 seconds; may be absent
 *   proto                    name or number
 *   src, dst                 addresses
 *   sport, dport             ports; for ICMP type and code as Zeek has them (icmp.ts); may be absent
 *   orig_bytes, reply_bytes  with IP headers
 *   orig_pkts, reply_pkts
 *   state                    Zeek's conn_state or another; may be absent
 *   label                    malicious | benign | unknown; may be absent
 *   source_note              where the record comes from; may be absent
 */
import type { RecordingPlace } from '../errors.ts';
import { invalidField } from './fault.ts';
import { FieldReader } from './field-reader.ts';
import { setZeekIcmp } from './icmp.ts';
import { parseObject } from './json-object.ts';
import type { LineFormat } from './line-reader.ts';
import { outcomeOf } from './outcome.ts';
import { isIcmp } from './protocol.ts';
import { emptyRecordedFlow, type FlowLabel, type RecordedFlow } from './recorded-flow.ts';

export class NdjsonFormat implements LineFormat {
  readonly endsWithNewline = false;
  readonly #place: RecordingPlace;
  readonly #fields: FieldReader;
  readonly #take: (flow: RecordedFlow) => void;
  readonly #flow = emptyRecordedFlow();

  /** `take` gets one refilled flow. */
  constructor(place: RecordingPlace, take: (flow: RecordedFlow) => void) {
    this.#place = place;
    this.#fields = new FieldReader(place);
    this.#take = take;
  }

  readLine(line: string): void {
    const record = parseObject(line, this.#place);
    const fields = this.#fields;
    const flow = this.#flow;
    flow.startedAtMs = fields.time('ts', record.ts);
    flow.durationMs = fields.duration('duration', record.duration);
    fields.address('src', record.src, flow.source);
    fields.address('dst', record.dst, flow.destination);
    flow.protocol = fields.protocol('proto', record.proto, flow);
    this.#readPorts(record);
    flow.bytesOut = fields.count('orig_bytes', record.orig_bytes);
    flow.bytesIn = fields.count('reply_bytes', record.reply_bytes);
    flow.packetsOut = fields.count('orig_pkts', record.orig_pkts);
    flow.packetsIn = fields.count('reply_pkts', record.reply_pkts);
    flow.outcome = outcomeOf(this.#text('state', record.state), flow);
    flow.label = this.#label(record.label);
    flow.note = this.#text('source_note', record.source_note);
    fields.check(flow);
    this.#take(flow);
  }

  #readPorts({ sport, dport }: Record<string, unknown>): void {
    const fields = this.#fields;
    const flow = this.#flow;
    const icmp = isIcmp(flow.protocol);
    flow.sourcePort = icmp ? 0 : fields.portOrZero('sport', sport);
    flow.destinationPort = icmp ? 0 : fields.portOrZero('dport', dport);
    flow.icmpType = -1;
    flow.icmpCode = -1;
    if (icmp) setZeekIcmp(flow, fields.icmpOrNone('sport', sport), fields.icmpOrNone('dport', dport));
  }

  #label(value: unknown): FlowLabel {
    if (value === 'malicious' || value === 'benign' || value === 'unknown') return value;
    if (value === undefined || value === null) return 'unknown';
    throw invalidField(this.#place, 'label', value, 'malicious, benign or unknown');
  }

  #text(name: string, value: unknown): string | null {
    if (typeof value === 'string') return value;
    if (value === undefined || value === null) return null;
    throw invalidField(this.#place, name, value, 'text');
  }
}
