/**
 * Recorded flows in columns that grow, grouped by what is read together: 96 bytes a flow, and 4 more once sorted;
 * half as much again while they grow.
 *
 *   addresses  8 x u32   source a b c d | destination a b c d
 *   counters   4 x f64   bytes out, in | packets out, in
 *   times      2 x f64   start | duration                        milliseconds
 *   ports      4 x u16   source | destination | ICMP type + 1 | ICMP code + 1
 *   marks      4 x u8    protocol | family | outcome | label
 *   notes      1 x u32   place in the list of notes, 0: none
 *   order      1 x u32   row at each place; only after `sort` had to move something
 */
import type { Address, MutableAddress } from '../../address/address.ts';
import { growFloat64, growUint8, growUint16, growUint32 } from './column.ts';
import { NoteList } from './note-list.ts';
import type { FlowLabel, FlowOutcome, MutableRecordedFlow, RecordedFlow } from './recorded-flow.ts';
import { startOrder } from './start-order.ts';

const OUTCOMES: readonly FlowOutcome[] = ['answered', 'unanswered', 'refused'];
const LABELS: readonly FlowLabel[] = ['malicious', 'benign', 'unknown'];
const FIRST_CAPACITY = 1024;
const GROWTH = 1.5;

export class RecordedFlows {
  #length = 0;
  #sorted = true;
  #capacity = 0;
  #addresses = new Uint32Array();
  #counters = new Float64Array();
  #times = new Float64Array();
  #ports = new Uint16Array();
  #marks = new Uint8Array();
  #noteIds = new Uint32Array();
  #order = new Uint32Array();
  readonly #notes = new NoteList();

  get length(): number {
    return this.#length;
  }

  /** Notes that were not kept because there were too many different ones. */
  get unkeptNotes(): number {
    return this.#notes.unkept;
  }

  /** Append a copy. */
  push(flow: RecordedFlow): void {
    if (this.#length === this.#capacity) this.#grow();
    this.#write(this.#length++, flow);
    this.#sorted = false;
  }

  /** Put a copy in place of another flow. */
  replace(index: number, flow: RecordedFlow): void {
    this.#write(this.#row(index), flow);
    this.#sorted = false;
  }

  /** By start; flows that start together keep their order. What is pushed later comes last until the next sort. */
  sort(): void {
    if (this.#sorted) return;
    this.#sorted = true;
    const times = this.#times;
    const starts = new Float64Array(this.#length);
    // + 0: -0 would come after everything.
    for (let place = 0; place < starts.length; place++) starts[place] = times[this.#row(place) * 2] + 0;
    const order = startOrder(starts);
    if (order === undefined) return;
    for (let place = 0; place < order.length; place++) order[place] = this.#row(order[place]);
    this.#order = order;
  }

  /** Fill `into` with the flow at a place from 0 to length - 1. */
  read(index: number, into: MutableRecordedFlow): void {
    const row = this.#row(index);
    const marks = row * 4;
    const family = this.#marks[marks + 1] === 6 ? 6 : 4;
    this.#readAddress(row * 8, family, into.source);
    this.#readAddress(row * 8 + 4, family, into.destination);
    this.#readNumbers(row, into);
    into.protocol = this.#marks[marks];
    into.outcome = OUTCOMES[this.#marks[marks + 2]];
    into.label = LABELS[this.#marks[marks + 3]];
    into.note = this.#notes.noteOf(this.#noteIds[row]);
  }

  #row(place: number): number {
    return place < this.#order.length ? this.#order[place] : place;
  }

  #write(row: number, flow: RecordedFlow): void {
    this.#writeAddress(row * 8, flow.source);
    this.#writeAddress(row * 8 + 4, flow.destination);
    this.#writeNumbers(row, flow);
    const marks = row * 4;
    this.#marks[marks] = flow.protocol;
    this.#marks[marks + 1] = flow.source.family;
    this.#marks[marks + 2] = OUTCOMES.indexOf(flow.outcome);
    this.#marks[marks + 3] = LABELS.indexOf(flow.label);
    this.#noteIds[row] = this.#notes.idOf(flow.note);
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

  #readAddress(at: number, family: 4 | 6, into: MutableAddress): void {
    into.family = family;
    into.a = this.#addresses[at];
    into.b = this.#addresses[at + 1];
    into.c = this.#addresses[at + 2];
    into.d = this.#addresses[at + 3];
  }

  #grow(): void {
    const capacity = Math.max(FIRST_CAPACITY, Math.ceil(this.#capacity * GROWTH));
    this.#addresses = growUint32(this.#addresses, capacity * 8);
    this.#counters = growFloat64(this.#counters, capacity * 4);
    this.#times = growFloat64(this.#times, capacity * 2);
    this.#ports = growUint16(this.#ports, capacity * 4);
    this.#marks = growUint8(this.#marks, capacity * 4);
    this.#noteIds = growUint32(this.#noteIds, capacity);
    this.#capacity = capacity;
  }
}
