/** A history that answers the same to everything and remembers what it was asked. */
import type { Outcome, Refusal } from '../../../../src/engine/commands.ts';
import { NOON } from './samples.ts';

const SUMS = { bytesOut: 1_500, bytesIn: 700, connections: 2, denied: 1 };

export class FakeHistory {
  readonly asked: unknown[] = [];
  /** Said to the next question. */
  refusal: Refusal | undefined;

  async series(filter: { step: 'minute' | 'hour' | 'day' }) {
    return this.#answer(filter, { step: filter.step, points: [{ atMs: NOON, ...SUMS }] });
  }

  async top(filter: { by: 'host' | 'destination' | 'group' | 'rule' | 'country' | 'as' | 'service' }) {
    const item = { key: '10.1.0.10', ...SUMS, firstSeenMs: NOON, lastSeenMs: NOON };
    const other = { bytesOut: 0, bytesIn: 0, connections: 0, denied: 0 };
    const span = { step: 'hour' as const, fromMs: NOON, toMs: NOON + 3_600_000 };
    return this.#answer(filter, { by: filter.by, ...span, items: [item], other });
  }

  #answer<T>(filter: unknown, result: T): Outcome<T> {
    this.asked.push(filter);
    const { refusal } = this;
    this.refusal = undefined;
    return refusal === undefined ? { ok: true, result } : { ok: false, refusal };
  }
}
