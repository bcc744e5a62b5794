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

/** How far it was when the connection was lost. */
interface Loss {
  readonly head: Head;
  readonly atMs: number;
}

/** Steps closer than this are one, so that they are few. */
const GRAIN_MS = 50;
/** Losses closer than this part of the time to settle are one. */
const LOSS_GRAIN = 16;
/** What was taken on so many connections, and for long enough, is not sent again though each of them was lost. */
const ENOUGH_TIMES = 3;

export class Progress {
  readonly #settleMs: number;
  #settled: Head;
  #taken: Head;
  #steps: Step[] = [];
  /** The oldest first. */
  #losses: Loss[] = [];

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

  /**
   * Back to what is certain. A receiver that closes every connection soon would get the same for ever, so that what it
   * took again and again for as long as it takes to settle is certain enough.
   */
  lose(nowMs: number): void {
    if (this.isUnsure) this.#noteLoss(nowMs);
    this.#settleWorn(nowMs);
    this.#steps = [];
    this.#taken = this.#settled;
  }

  #noteLoss(atMs: number): void {
    const loss = { head: this.#taken, atMs };
    const last = this.#losses.at(-1);
    if (last === undefined || atMs - last.atMs >= this.#settleMs / LOSS_GRAIN) this.#losses.push(loss);
    else this.#losses.splice(-1, 1, { head: earlier(last.head, loss.head), atMs: last.atMs });
  }

  #settleWorn(nowMs: number): void {
    const old = this.#losses.findLastIndex(({ atMs }) => nowMs - atMs >= this.#settleMs);
    if (old === -1) return;
    this.#losses = this.#losses.slice(old);
    if (this.#losses.length < ENOUGH_TIMES) return;
    const worn = this.#losses.map(({ head }) => head).reduce(earlier);
    if (worn.seq > this.#settled.seq) this.#settled = worn;
  }
}

function earlier(one: Head, other: Head): Head {
  return one.seq <= other.seq ? one : other;
}
