/**
 * A block of recorded flows in columns, grouped by what is read together: 96 bytes a flow.
 *
 *   addresses  8 x u32   source a b c d | destination a b c d
 *   counters   4 x f64   bytes out, in | packets out, in
 *   times      2 x f64   start | duration                        milliseconds
 *   ports      4 x u16   source | destination | ICMP type + 1 | ICMP code + 1
 *   marks      4 x u8    protocol | family | outcome | label
 *   notes      1 x u32   number of the note, 0: none             note-list.ts
 */
import type { Address, Family, MutableAddress } from '../../address/address.ts';
import type { FlowLabel, FlowOutcome, MutableRecordedFlow, RecordedFlow } from './recorded-flow.ts';

const OUTCOMES: readonly FlowOutcome[] = ['answered', 'unanswered', 'refused'];
const LABELS: readonly FlowLabel[] = ['malicious', 'benign', 'unknown'];

export class FlowBlock {
  readonly #addresses: Uint32Array;
  readonly #counters: Float64Array;
  readonly #times: Float64Array;
  readonly #ports: Uint16Array;
  readonly #marks: Uint8Array;
  readonly #notes: Uint32Array;

  constructor(rows: number) {
    this.#addresses = new Uint32Array(rows * 8);
    this.#counters = new Float64Array(rows * 4);
    this.#times = new Float64Array(rows * 2);
    this.#ports = new Uint16Array(rows * 4);
    this.#marks = new Uint8Array(rows * 4);
    this.#notes = new Uint32Array(rows);
  }

  startedAtMs(row: number): number {
    return this.#times[row * 2];
  }

  note(row: number): number {
    return this.#notes[row];
  }

  write(row: number, flow: RecordedFlow, note: number): void {
    this.#writeAddress(row * 8, flow.source);
    this.#writeAddress(row * 8 + 4, flow.destination);
    this.#writeNumbers(row, flow);
    const marks = row * 4;
    this.#marks[marks] = flow.protocol;
    this.#marks[marks + 1] = flow.source.family;
    this.#marks[marks + 2] = OUTCOMES.indexOf(flow.outcome);
    this.#marks[marks + 3] = LABELS.indexOf(flow.label);
    this.#notes[row] = note;
  }

  /** All but the note. */
  read(row: number, into: MutableRecordedFlow): void {
    const marks = row * 4;
    const family = this.#marks[marks + 1] === 6 ? 6 : 4;
    this.#readAddress(row * 8, family, into.source);
    this.#readAddress(row * 8 + 4, family, into.destination);
    this.#readNumbers(row, into);
    into.protocol = this.#marks[marks];
    into.outcome = OUTCOMES[this.#marks[marks + 2]];
    into.label = LABELS[this.#marks[marks + 3]];
  }

  #writeNumbers(row: number, flow: RecordedFlow): void {
    const at = row * 4;
    this.#times[row * 2] = flow.startedAtMs;
    this.#times[row * 2 + 1] = flow.durationMs;
    this.#counters[at] = flow.bytesOut;
    this.#counters[at + 1] = flow.bytesIn;
    this.#counters[at + 2] = flow.packetsOut;
    this.#counters[at + 3] = flow.packetsIn;
    this.#ports[at] = flow.sourcePort;
    this.#ports[at + 1] = flow.destinationPort;
    this.#ports[at + 2] = flow.icmpType + 1;
    this.#ports[at + 3] = flow.icmpCode + 1;
  }

  #readNumbers(row: number, into: MutableRecordedFlow): void {
    const at = row * 4;
    into.startedAtMs = this.#times[row * 2];
    into.durationMs = this.#times[row * 2 + 1];
    into.bytesOut = this.#counters[at];
    into.bytesIn = this.#counters[at + 1];
    into.packetsOut = this.#counters[at + 2];
    into.packetsIn = this.#counters[at + 3];
    into.sourcePort = this.#ports[at];
    into.destinationPort = this.#ports[at + 1];
    into.icmpType = this.#ports[at + 2] - 1;
    into.icmpCode = this.#ports[at + 3] - 1;
  }

  #writeAddress(at: number, { a, b, c, d }: Address): void {
    this.#addresses[at] = a;
    this.#addresses[at + 1] = b;
    this.#addresses[at + 2] = c;
    this.#addresses[at + 3] = d;
  }

  #readAddress(at: number, family: Family, into: MutableAddress): void {
    into.family = family;
    into.a = this.#addresses[at];
    into.b = this.#addresses[at + 1];
    into.c = this.#addresses[at + 2];
    into.d = this.#addresses[at + 3];
  }
}
