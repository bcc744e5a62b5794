/**
 * Recorded flows, as many as there are: 96 bytes each (flow-block.ts) and 4 more once they had to be sorted. They grow
 * by blocks, so that nothing is copied and little is held that is not used.
 */
import { FlowBlock } from './flow-block.ts';
import { NoteList } from './note-list.ts';
import type { MutableRecordedFlow, RecordedFlow } from './recorded-flow.ts';
import { startOrder } from './start-order.ts';

const BLOCK_BITS = 14;
const BLOCK_ROWS = 1 << BLOCK_BITS;
const ROW_MASK = BLOCK_ROWS - 1;

export class RecordedFlows {
  readonly #blocks: FlowBlock[] = [];
  readonly #notes = new NoteList();
  #length = 0;
  #sorted = true;
  /** The row at each place; places from its end on are rows. */
  #order = new Uint32Array();

  get length(): number {
    return this.#length;
  }

  /** Notes that were not kept because there were too many different ones. */
  get unkeptNotes(): number {
    return this.#notes.unkept;
  }

  /** Append a copy. */
  push(flow: RecordedFlow): void {
    const row = this.#length++;
    if ((row & ROW_MASK) === 0) this.#blocks.push(new FlowBlock(BLOCK_ROWS));
    this.#write(row, flow);
  }

  /** Put a copy in the place of another flow. */
  replace(index: number, flow: RecordedFlow): void {
    this.#write(this.#row(index), flow);
  }

  /** By start; flows that start together keep their order. What is pushed later comes last until the next sort. */
  sort(): void {
    if (this.#sorted) return;
    this.#sorted = true;
    const starts = new Float64Array(this.#length);
    // + 0: a start of -0 would come after everything.
    for (let place = 0; place < starts.length; place++) starts[place] = this.startedAtMs(place) + 0;
    const order = startOrder(starts);
    if (order === undefined) return;
    for (let place = 0; place < order.length; place++) order[place] = this.#row(order[place]);
    this.#order = order;
  }

  startedAtMs(index: number): number {
    const row = this.#row(index);
    return this.#blocks[row >>> BLOCK_BITS].startedAtMs(row & ROW_MASK);
  }

  /** Fill `into` with the flow at a place from 0 to length - 1. */
  read(index: number, into: MutableRecordedFlow): void {
    const row = this.#row(index);
    const block = this.#blocks[row >>> BLOCK_BITS];
    block.read(row & ROW_MASK, into);
    into.note = this.#notes.noteOf(block.note(row & ROW_MASK));
  }

  #write(row: number, flow: RecordedFlow): void {
    this.#blocks[row >>> BLOCK_BITS].write(row & ROW_MASK, flow, this.#notes.idOf(flow.note));
    this.#sorted = false;
  }

  #row(place: number): number {
    return place < this.#order.length ? this.#order[place] : place;
  }
}
