/**
 * Alerts from the ledger to the sinks. The ledger is the queue: it is durable and in order, and each sink has a cursor
 * into it. A sink that is down holds up no other, and gets all it missed when it is back.
 */
import type { EntryDraft } from '../../ledger/entry.ts';
import type { LedgerQueries } from '../../ledger/queries.ts';
import { CursorStore } from './cursor-store.ts';
import type { Observer } from './ecs.ts';
import { type Backoff, Lane, type LaneStatus } from './lane.ts';
import type { AlertSink } from './sink.ts';

const BACKOFF: Backoff = { firstMs: 1_000, longestMs: 60_000 };
const GRACE_MS = 2_000;

export interface OutboxSettings {
  /** Path of the file that keeps the cursors. */
  readonly cursorPath: string;
  readonly ledger: Pick<LedgerQueries, 'head' | 'entries' | 'entry'>;
  readonly sinks: readonly AlertSink[];
  readonly observer: Observer;
  /** Takes an `alert.failed` to the ledger's writer. */
  readonly record: (draft: EntryDraft) => void;
  readonly backoff?: Backoff;
}

export class Outbox {
  readonly #cursors: CursorStore;
  readonly #lanes: readonly Lane[];

  /**
   * A sink without a cursor starts with the next alert. Call `wake` to begin.
   * @throws AlertError PENSTOCK_ALERT_CURSORS_UNUSABLE
   */
  constructor({ cursorPath, sinks, backoff = BACKOFF, ...settings }: OutboxSettings) {
    this.#cursors = new CursorStore(cursorPath);
    const parts = { ...settings, backoff, cursors: this.#cursors };
    this.#lanes = sinks.map((sink) => new Lane(sink, parts));
  }

  /** There may be new entries in the ledger. */
  wake(): void {
    for (const lane of this.#lanes) lane.wake();
  }

  status(): LaneStatus[] {
    return this.#lanes.map((lane) => lane.status());
  }

  /** Let attempts under way end, for `graceMs` at most; what is not delivered waits for the next start. */
  async stop(graceMs = GRACE_MS): Promise<void> {
    await Promise.all(this.#lanes.map((lane) => lane.stop(graceMs)));
    this.#cursors.close();
  }
}
