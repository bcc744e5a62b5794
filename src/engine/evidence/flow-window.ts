/**
 * What was seen of flows of late, so that an incident can be told with what led to it: begins, ends and refused
 * attempts, the newest CAPACITY of them.
 *
 *   started, ended, refused --> | 7 | 8 | 9 | 4 | 5 | 6 |
 *                                         ^ the next takes the place of the oldest
 *
 * Noting is a copy of numbers into arrays that are there: no garbage, some hundred nanoseconds. At 10,000 new flows a
 * second it holds the last few seconds, at 100 the last minutes; memory is 9 MiB whatever comes.
 */
import type { Address } from '../../address/address.ts';
import type { Flow } from '../../flow/flow.ts';
import type { Verdict } from '../../policy/verdict.ts';
import { FlowRows, type Sighting } from './flow-rows.ts';

const CAPACITY = 65_536;

export interface WindowQuestion {
  /** Flows with any of these at either end. */
  readonly addresses: readonly Address[];
  /** Seen from then on, and before; ms since the epoch. */
  readonly fromMs: number;
  readonly toMs: number;
  readonly limit: number;
}

export class FlowWindow {
  readonly #rows: FlowRows;
  readonly #capacity: number;
  /** Sightings since the start; the next goes to this place modulo capacity. */
  #count = 0;

  constructor(capacity = CAPACITY) {
    this.#capacity = capacity;
    this.#rows = FlowRows.of(capacity);
  }

  note(sighting: Sighting, flow: Flow, verdict: Verdict | undefined, nowMs: number): void {
    this.#rows.write(this.#count % this.#capacity, sighting, flow, verdict, nowMs);
    this.#count += 1;
  }

  /** When the oldest that is held was seen; undefined when nothing was forgotten yet. */
  get forgottenBeforeMs(): number | undefined {
    if (this.#count <= this.#capacity) return undefined;
    return this.#rows.seenAtMs(this.#count % this.#capacity);
  }

  /** The newest first, at most `limit`; `truncated`: there were more. */
  find(question: WindowQuestion): { rows: FlowRows; truncated: boolean } {
    const found = FlowRows.of(question.limit);
    const next = this.#count % this.#capacity;
    // Two runs, from the newest down to place 0, and from the last place down to the oldest.
    let count = this.#search(question, found, 0, next - 1, 0);
    if (this.#count > this.#capacity) count = this.#search(question, found, count, this.#capacity - 1, next);
    const truncated = count > question.limit;
    return { rows: truncated ? found : found.cut(count), truncated };
  }

  /** @returns how many are found by now; more than fit, when there are more */
  #search(question: WindowQuestion, found: FlowRows, already: number, from: number, downTo: number): number {
    const { addresses, fromMs, toMs, limit } = question;
    const lastWords = Uint32Array.from(addresses, ({ d }) => d);
    let count = already;
    for (let row = from; count <= limit; row--) {
      row = this.#rows.nextWith(lastWords, row, downTo);
      if (row < 0) return count;
      const atMs = this.#rows.seenAtMs(row);
      if (atMs < fromMs || atMs >= toMs) continue;
      if (!addresses.some((address) => this.#rows.concerns(row, address))) continue;
      if (count < limit) found.copy(count, this.#rows, row);
      count += 1;
    }
    return count;
  }
}
