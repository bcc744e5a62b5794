/**
 * How far a sink is in the ledger:
 *
 *   entries   1 2 3 4 5 6 7 8 9 ...
 *             -----|       |
 *            settled     taken     what is between may still be lost, and is then sent again
 *
 * The settled one is the cursor that is kept.
 */
import type { Head } from '../../ledger/chain.ts';

interface Step {
  readonly head: Head;
  readonly dueMs: number;
}

/** Steps closer than this are one, so that they are few. */
const GRAIN_MS = 50;

export class Progress {
  readonly #settleMs: number;
  #settled: Head;
  #taken: Head;
  #steps: Step[] = [];

  constructor(start: Head, settleMs: number) {
    this.#settled = start;
    this.#taken = start;
    this.#settleMs = settleMs;
  }

  get taken(): Head {
    return this.#taken;
  }

  get settled(): Head {
    return this.#settled;
  }

  get isUnsure(): boolean {
    return this.#steps.length > 0;
  }

  /** The sink has taken all up to `head`, or wants none of it (`isCertain`). */
  take(head: Head, nowMs: number, isCertain: boolean): void {
    this.#taken = head;
    if ((isCertain || this.#settleMs === 0) && !this.isUnsure) {
      this.#settled = head;
      return;
    }
    const dueMs = nowMs + this.#settleMs;
    const last = this.#steps.at(-1);
    const isSame = last !== undefined && Math.floor(last.dueMs / GRAIN_MS) === Math.floor(dueMs / GRAIN_MS);
    if (isSame) this.#steps.pop();
    this.#steps.push({ head, dueMs });
  }

  /** Nothing was lost so far. @returns when to ask again; undefined: nothing is unsure */
  settle(nowMs: number): number | undefined {
    const unsure = this.#steps.findIndex(({ dueMs }) => dueMs > nowMs);
    const due = unsure === -1 ? this.#steps.length : unsure;
    if (due > 0) this.#settled = this.#steps[due - 1].head;
    this.#steps = this.#steps.slice(due);
    return this.#steps[0]?.dueMs;
  }

  settleAll(): void {
    this.#steps = [];
    this.#settled = this.#taken;
  }

  /** Back to what is certain. */
  lose(): void {
    this.#steps = [];
    this.#taken = this.#settled;
  }
}
