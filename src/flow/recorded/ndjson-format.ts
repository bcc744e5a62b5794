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
import { FieldReader, MAX_PORT } from './field-reader.ts';
import { setZeekIcmp } from './icmp.ts';
import { parseObject } from './json-object.ts';
import type { LineFormat } from './line-reader.ts';
import { LineScanner, NO_QUAD, NOT_TAKEN } from './line-scanner.ts';
import { outcomeOf } from './outcome.ts';
import { isIcmp } from './protocol.ts';
import { emptyRecordedFlow, type FlowLabel, type RecordedFlow } from './recorded-flow.ts';
import { LAST_MS, SECONDS } from './time.ts';

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
const NUMBERS = [
  'ts',
  'duration',
  'sport',
  'dport',
  'orig_bytes',
  'reply_bytes',
  'orig_pkts',
  'reply_pkts',
] satisfies (keyof typeof Field)[];
const NO_QUADS = new Float64Array(NAMES.length).fill(NO_QUAD);

export class NdjsonFormat implements LineFormat {
  readonly endsWithNewline = false;
  readonly #place: RecordingPlace;
  readonly #fields: FieldReader;
  readonly #take: (flow: RecordedFlow) => void;
  readonly #flow = emptyRecordedFlow();
  readonly #scanner = new LineScanner(NAMES, ['src', 'dst'], NUMBERS);

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
    if (next === NOT_TAKEN || this.#readPlain()) return next;
    this.#read(
      NAMES.map((_, field) => this.#scanner.valueOf(field)),
      this.#scanner.quads,
    );
    return next;
  }

  /**
   * The same as {@link #read} for what nearly all lines are: all numbers are there and in their bounds, and it is no
   * ICMP. False, and nothing is taken, for another. Makes no garbage.
   */
  #readPlain(): boolean {
    const { numbers, values, quads } = this.#scanner;
    if (!isPlain(numbers)) return false;
    const flow = this.#flow;
    flow.startedAtMs = numbers[Field.ts] * SECONDS;
    flow.durationMs = numbers[Field.duration] * SECONDS;
    flow.sourcePort = numbers[Field.sport] | 0;
    flow.destinationPort = numbers[Field.dport] | 0;
    flow.bytesOut = numbers[Field.orig_bytes];
    flow.bytesIn = numbers[Field.reply_bytes];
    flow.packetsOut = numbers[Field.orig_pkts];
    flow.packetsIn = numbers[Field.reply_pkts];
    this.#readAddresses(values, quads);
    flow.protocol = this.#fields.protocol('proto', values[Field.proto], flow);
    if (isIcmp(flow.protocol)) return false;
    flow.icmpType = -1;
    flow.icmpCode = -1;
    this.#finish(values);
    return true;
  }

  /** `values` by place; `quads`, of addresses that were read already. */
  #read(values: readonly unknown[], quads: Float64Array): void {
    const fields = this.#fields;
    const flow = this.#flow;
    flow.startedAtMs = fields.time('ts', values[Field.ts]);
    flow.durationMs = fields.duration('duration', values[Field.duration]);
    this.#readAddresses(values, quads);
    flow.protocol = fields.protocol('proto', values[Field.proto], flow);
    this.#readPorts(values[Field.sport], values[Field.dport]);
    flow.bytesOut = fields.count('orig_bytes', values[Field.orig_bytes]);
    flow.bytesIn = fields.count('reply_bytes', values[Field.reply_bytes]);
    flow.packetsOut = fields.count('orig_pkts', values[Field.orig_pkts]);
    flow.packetsIn = fields.count('reply_pkts', values[Field.reply_pkts]);
    this.#finish(values);
  }

  #readAddresses(values: readonly unknown[], quads: Float64Array): void {
    const flow = this.#flow;
    if (quads[Field.src] !== NO_QUAD) setIpv4(flow.source, quads[Field.src]);
    else this.#fields.address('src', values[Field.src], flow.source);
    if (quads[Field.dst] !== NO_QUAD) setIpv4(flow.destination, quads[Field.dst]);
    else this.#fields.address('dst', values[Field.dst], flow.destination);
  }

  /** What depends on all others, and what says nothing of the traffic. */
  #finish(values: readonly unknown[]): void {
    const flow = this.#flow;
    flow.outcome = outcomeOf(this.#text('state', values[Field.state]), flow);
    flow.label = this.#label(values[Field.label]);
    flow.note = this.#text('source_note', values[Field.source_note]);
    this.#fields.check(flow);
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
    // Those texts themselves: what was read is another text of the same letters, which is slower to compare.
    if (value === 'unknown' || value === undefined || value === null) return 'unknown';
    if (value === 'malicious') return 'malicious';
    if (value === 'benign') return 'benign';
    throw invalidField(this.#place, 'label', value, 'malicious, benign or unknown');
  }

  #text(name: string, value: unknown): string | null {
    if (typeof value === 'string') return value;
    if (value === undefined || value === null) return null;
    throw invalidField(this.#place, name, value, 'text');
  }
}

/** Numbers as they are in a line, never negative: NaN, of what is absent or text, is in no bounds. */
function isPlain(numbers: Float64Array): boolean {
  return (
    numbers[Field.ts] * SECONDS <= LAST_MS &&
    numbers[Field.duration] * SECONDS <= LAST_MS &&
    isWhole(numbers[Field.sport], MAX_PORT) &&
    isWhole(numbers[Field.dport], MAX_PORT) &&
    isWhole(numbers[Field.orig_bytes], Number.MAX_SAFE_INTEGER) &&
    isWhole(numbers[Field.reply_bytes], Number.MAX_SAFE_INTEGER) &&
    isWhole(numbers[Field.orig_pkts], Number.MAX_SAFE_INTEGER) &&
    isWhole(numbers[Field.reply_pkts], Number.MAX_SAFE_INTEGER)
  );
}

function isWhole(number: number, most: number): boolean {
  return number <= most && Math.floor(number) === number;
}
