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
import { setIpv4 } from './address-reader.ts';
import { invalidField } from './fault.ts';
import { FieldReader } from './field-reader.ts';
import { setZeekIcmp } from './icmp.ts';
import { parseObject } from './json-object.ts';
import type { LineFormat } from './line-reader.ts';
import { LineScanner, NO_QUAD, NOT_TAKEN } from './line-scanner.ts';
import { outcomeOf } from './outcome.ts';
import { isIcmp } from './protocol.ts';
import { emptyRecordedFlow, type FlowLabel, type RecordedFlow } from './recorded-flow.ts';

/** Places of the fields. */
const Field = {
  ts: 0,
  duration: 1,
  proto: 2,
  src: 3,
  dst: 4,
  sport: 5,
  dport: 6,
  orig_bytes: 7,
  reply_bytes: 8,
  orig_pkts: 9,
  reply_pkts: 10,
  state: 11,
  label: 12,
  source_note: 13,
} as const;
const NAMES = Object.keys(Field);
const NO_QUADS = new Float64Array(NAMES.length).fill(NO_QUAD);

export class NdjsonFormat implements LineFormat {
  readonly endsWithNewline = false;
  readonly #place: RecordingPlace;
  readonly #fields: FieldReader;
  readonly #take: (flow: RecordedFlow) => void;
  readonly #flow = emptyRecordedFlow();
  readonly #scanner = new LineScanner(NAMES, ['src', 'dst']);

  /** `take` gets one refilled flow. */
  constructor(place: RecordingPlace, take: (flow: RecordedFlow) => void) {
    this.#place = place;
    this.#fields = new FieldReader(place);
    this.#take = take;
  }

  readLine(line: string): void {
    const record = parseObject(line, this.#place);
    this.#read(
      NAMES.map((name) => record[name]),
      NO_QUADS,
    );
    this.#scanner.learn(line);
  }

  scanLine(bytes: Buffer, start: number): number {
    const next = this.#scanner.scan(bytes, start);
    if (next !== NOT_TAKEN) this.#read(this.#scanner.values, this.#scanner.quads);
    return next;
  }

  /** `values` by place; `quads`, of addresses that were read already. */
  #read(values: readonly unknown[], quads: Float64Array): void {
    const fields = this.#fields;
    const flow = this.#flow;
    flow.startedAtMs = fields.time('ts', values[Field.ts]);
    flow.durationMs = fields.duration('duration', values[Field.duration]);
    if (quads[Field.src] !== NO_QUAD) setIpv4(flow.source, quads[Field.src]);
    else fields.address('src', values[Field.src], flow.source);
    if (quads[Field.dst] !== NO_QUAD) setIpv4(flow.destination, quads[Field.dst]);
    else fields.address('dst', values[Field.dst], flow.destination);
    flow.protocol = fields.protocol('proto', values[Field.proto], flow);
    this.#readPorts(values[Field.sport], values[Field.dport]);
    flow.bytesOut = fields.count('orig_bytes', values[Field.orig_bytes]);
    flow.bytesIn = fields.count('reply_bytes', values[Field.reply_bytes]);
    flow.packetsOut = fields.count('orig_pkts', values[Field.orig_pkts]);
    flow.packetsIn = fields.count('reply_pkts', values[Field.reply_pkts]);
    flow.outcome = outcomeOf(this.#text('state', values[Field.state]), flow);
    flow.label = this.#label(values[Field.label]);
    flow.note = this.#text('source_note', values[Field.source_note]);
    fields.check(flow);
    this.#take(flow);
  }

  #readPorts(sport: unknown, dport: unknown): void {
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
