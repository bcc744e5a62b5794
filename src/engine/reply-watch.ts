/**
 * Connections that nobody answers. Conntrack says so only when it gives up, for TCP after two minutes; a scan is over
 * by then. So each new one is looked at again after PATIENCE_MS, in the order in which they came:
 *
 *   started ----> waits ---- PATIENCE_MS ----> answered meanwhile, or gone: nothing
 *                                              else: reported, once
 *
 * A ring of fixed size. In a flood that fills it the rest waits for conntrack.
 */
import type { Flow } from '../flow/flow.ts';
import type { FlowTable } from '../flow/flow-table.ts';

export const PATIENCE_MS = 5_000;
const CAPACITY = 2 ** 18;

export class ReplyWatch {
  readonly #table: Pick<FlowTable, 'isUnanswered' | 'flowAt'>;
  readonly #slots = new Int32Array(CAPACITY);
  /** The flow's start, by which another one in the same slot is told. */
  readonly #starts = new Float64Array(CAPACITY);
  /** On the clock that nobody sets. */
  readonly #due = new Float64Array(CAPACITY);
  /** Slots of flows that were reported and still stand. */
  readonly #reported = new Set<number>();
  #first = 0;
  #count = 0;

  constructor(table: Pick<FlowTable, 'isUnanswered' | 'flowAt'>) {
    this.#table = table;
  }

  /** `clockMs` as of `performance.now()`. */
  add(slot: number, { startedAtMs }: Flow, clockMs: number): void {
    if (this.#count === CAPACITY || slot === 0) return;
    const at = (this.#first + this.#count) % CAPACITY;
    this.#slots[at] = slot;
    this.#starts[at] = startedAtMs;
    this.#due[at] = clockMs + PATIENCE_MS;
    this.#count++;
  }

  /** Report those whose time is over. */
  sweep(clockMs: number, report: (flow: Flow) => void): void {
    while (this.#count > 0 && this.#due[this.#first] <= clockMs) {
      const slot = this.#slots[this.#first];
      const unanswered = this.#table.isUnanswered(slot, this.#starts[this.#first]);
      this.#first = (this.#first + 1) % CAPACITY;
      this.#count--;
      if (!unanswered) continue;
      this.#reported.add(slot);
      report(this.#table.flowAt(slot));
    }
  }

  /** The flow in a slot has ended. @returns whether it was reported */
  ended(slot: number): boolean {
    return this.#reported.delete(slot);
  }
}
