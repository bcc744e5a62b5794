/**
 * Alerts from the ledger to the sinks. The ledger is the queue: it is durable and in order, and each sink has a cursor
 * into it. A sink that is down holds up no other, and gets all it missed when it is back.
 */
import { dirname, join } from 'node:path';
import type { EntryDraft } from '../../ledger/entry.ts';
import type { LedgerQueries } from '../../ledger/queries.ts';
import type { Backoff } from './backoff.ts';
import { CursorStore } from './cursor-store.ts';
import { type Observer, testDispatch } from './dispatch.ts';
import { AlertError } from './errors.ts';
import { GroupingLane } from './grouping/lane.ts';
import { isForPeople } from './grouping/message-sink.ts';
import { GroupingStore } from './grouping/store.ts';
import { Lane } from './lane.ts';
import type { LaneStatus } from './lane-record.ts';
import type { AlertSink, Subscription } from './sink.ts';

const BACKOFF: Backoff = { firstMs: 1_000, longestMs: 60_000 };
const GRACE_MS = 2_000;
const TEST_TIMEOUT_MS = 15_000;

export interface OutboxSettings {
  /** Path of the file that keeps the cursors. */
  readonly cursorPath: string;
  readonly ledger: Pick<LedgerQueries, 'head' | 'entries' | 'entry' | 'incidents' | 'decisions'>;
  readonly subscriptions: readonly Subscription[];
  readonly observer: Observer;
  /** Takes an `alert.failed` to the ledger's writer. */
  readonly record: (draft: EntryDraft) => void;
  readonly backoff?: Backoff;
}

/** What became of a test alert. */
export interface SinkTest {
  readonly sink: string;
  readonly delivered: boolean;
  readonly tookMs: number;
  readonly error: string | null;
}

export class Outbox {
  readonly #cursors: CursorStore;
  /** What is held back for people; undefined: there is no such sink. */
  readonly #groups: GroupingStore | undefined;
  readonly #lanes: readonly (Lane | GroupingLane)[];
  readonly #observer: Observer;

  /**
   * A sink without a cursor starts with the next alert. Call `wake` to begin.
   * @throws AlertError PENSTOCK_ALERT_CURSORS_UNUSABLE
   */
  constructor({ cursorPath, subscriptions, backoff = BACKOFF, ...settings }: OutboxSettings) {
    this.#cursors = new CursorStore(cursorPath);
    this.#observer = settings.observer;
    const names = subscriptions.map(({ sink }) => sink.name);
    this.#cursors.keepOnly(names, Date.now());
    const parts = { ...settings, backoff, cursors: this.#cursors };
    for (const { sink } of subscriptions) sink.attach?.(settings.ledger);
    const forPeople = subscriptions.some(({ sink }) => isForPeople(sink));
    const store = forPeople ? new GroupingStore(join(dirname(cursorPath), 'alert-groups.db')) : undefined;
    this.#groups = store;
    this.#lanes = subscriptions.map((subscription) => {
      const { sink, wants } = subscription;
      if (store === undefined || !isForPeople(sink)) return new Lane(subscription, parts);
      return new GroupingLane(sink, wants, { ...parts, store });
    });
  }

  /** There may be new entries in the ledger. */
  wake(): void {
    for (const lane of this.#lanes) lane.wake();
  }

  status(): LaneStatus[] {
    return this.#lanes.map((lane) => lane.status());
  }

  /**
   * Send a test alert right now, past what waits, the filter and the rate limit.
   * @param name of one sink; all, when left out
   * @throws AlertError PENSTOCK_ALERT_SINK_UNKNOWN
   */
  async test(name: string | undefined, actor: string): Promise<SinkTest[]> {
    const sinks = this.#lanes
      .map(({ sink }) => sink)
      .filter((sink) => name === undefined || sink.name === name);
    if (sinks.length === 0) {
      const known = this.#lanes.map(({ sink }) => sink.name).join(', ');
      throw new AlertError('PENSTOCK_ALERT_SINK_UNKNOWN', `there is no sink ${name}; there are: ${known}`);
    }
    return Promise.all(sinks.map((sink) => this.#try(sink, actor)));
  }

  async #try(sink: AlertSink, actor: string): Promise<SinkTest> {
    const began = performance.now();
    const dispatch = testDispatch(sink.name, actor, Date.now(), this.#observer);
    const error = await sink.deliver([dispatch], AbortSignal.timeout(TEST_TIMEOUT_MS)).then(
      () => null,
      ({ message }: Error) => message,
    );
    return {
      sink: sink.name,
      delivered: error === null,
      tookMs: Math.round(performance.now() - began),
      error,
    };
  }

  /** Files may have been moved, certificates renewed. */
  reopen(): void {
    for (const { sink } of this.#lanes) sink.reopen?.();
  }

  /** Let attempts under way end, for `graceMs` at most; what is not delivered waits for the next start. */
  async stop(graceMs = GRACE_MS): Promise<void> {
    await Promise.all(this.#lanes.map((lane) => lane.stop(graceMs)));
    this.#cursors.close();
    this.#groups?.close();
  }
}
