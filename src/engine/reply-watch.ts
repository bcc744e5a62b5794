/**
 * Connections that nobody answers. Conntrack says so only when it gives up, for TCP after two minutes; a scan is over
 * by then. So each new one is waited for, in the order in which they came:
 *
 *   started ----> waits ---- answered, or ended: nothing
 *                   |
 *                   +------- PATIENCE_MS: reported, once
 *
 * Only so many wait. In a flood the rest is left to conntrack.
 */
import type { Flow } from '../flow/flow.ts';
import type { FlowTable, TableChange } from '../flow/flow-table.ts';

export const PATIENCE_MS = 5_000;
const CAPACITY = 2 ** 18;
/** What the flow table could not keep has no slot of its own. */
const NO_SLOT = 0;

export class ReplyWatch {
  readonly #table: Pick<FlowTable, 'flowAt'>;
  /** By slot of the flow table: when its time is over, on the clock that nobody sets. The oldest first. */
  readonly #waiting = new Map<number, number>();
  /** Slots of flows that were reported and still stand. */
  readonly #reported = new Set<number>();
  readonly #capacity: number;

  constructor(table: Pick<FlowTable, 'flowAt'>, capacity = CAPACITY) {
    this.#table = table;
    this.#capacity = capacity;
  }

  /** Wait for an answer to a new flow. `clockMs` as of `performance.now()`. */
  add(slot: number, clockMs: number): void {
    if (slot !== NO_SLOT && this.#waiting.size < this.#capacity)
      this.#waiting.set(slot, clockMs + PATIENCE_MS);
  }

  /** Something became of a flow; to be told of each change. @returns whether it has ended and was reported */
  note({ kind, slot, flow }: TableChange): boolean {
    if (kind === 'ended' || flow.replied) this.#waiting.delete(slot);
    return kind === 'ended' && this.#reported.delete(slot);
  }

  /** Report those whose time is over. */
  sweep(clockMs: number, report: (flow: Flow) => void): void {
    for (const [slot, dueMs] of this.#waiting) {
      if (dueMs > clockMs) return;
      this.#waiting.delete(slot);
      this.#reported.add(slot);
      report(this.#table.flowAt(slot));
    }
  }
}
