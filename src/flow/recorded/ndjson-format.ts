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
import { PlainObjectReader, type PlainValue } from './plain-object-reader.ts';
import { isIcmp } from './protocol.ts';
import { emptyRecordedFlow, type FlowLabel, type RecordedFlow } from './recorded-flow.ts';

/** Places in the values of a line, in the order in which lines have them. */
const KEYS = [
  'ts',
  'duration',
  'proto',
  'src',
  'sport',
  'dst',
  'dport',
  'orig_bytes',
  'reply_bytes',
  'orig_pkts',
  'reply_pkts',
  'state',
  'label',
  'source_note',
] as const;
const TS = 0;
const DURATION = 1;
const PROTO = 2;
const SRC = 3;
const SPORT = 4;
const DST = 5;
const DPORT = 6;
const ORIG_BYTES = 7;
const REPLY_BYTES = 8;
const ORIG_PKTS = 9;
const REPLY_PKTS = 10;
const STATE = 11;
const LABEL = 12;
const NOTE = 13;

type Values = readonly (PlainValue | unknown)[];

export class NdjsonFormat implements LineFormat {
  readonly endsWithNewline = false;
  readonly #place: RecordingPlace;
  readonly #plain = new PlainObjectReader(KEYS);
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
    this.#read(KEYS.map((key) => record[key]));
  }

  readBytes(bytes: Buffer, from: number, end: number): boolean {
    if (!this.#plain.read(bytes, from, end)) return false;
    this.#read(this.#plain.values);
    return true;
  }

  #read(values: Values): void {
    const fields = this.#fields;
    const flow = this.#flow;
    flow.startedAtMs = fields.time('ts', values[TS]);
    flow.durationMs = fields.duration('duration', values[DURATION]);
    fields.address('src', values[SRC], flow.source);
    fields.address('dst', values[DST], flow.destination);
    flow.protocol = fields.protocol('proto', values[PROTO], flow);
    this.#readPorts(values[SPORT], values[DPORT]);
    flow.bytesOut = fields.count('orig_bytes', values[ORIG_BYTES]);
    flow.bytesIn = fields.count('reply_bytes', values[REPLY_BYTES]);
    flow.packetsOut = fields.count('orig_pkts', values[ORIG_PKTS]);
    flow.packetsIn = fields.count('reply_pkts', values[REPLY_PKTS]);
    flow.outcome = outcomeOf(this.#text('state', values[STATE]), flow);
    flow.label = this.#label(values[LABEL]);
    flow.note = this.#text('source_note', values[NOTE]);
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
