/**
 * The way of the alerts to one sink, one at a time and in the ledger's order:
 *
 *             wake                      delivered, refused, or no alert
 *   (asleep) ------> next entry  <-------------------------------------+
 *       ^               |  |                                           |
 *       +-- none left --+  +---> deliver --- failed ---> wait ---> deliver again
 *
 * The cursor moves past an entry only after that, so a kill at any point repeats an alert and never loses one.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import PQueue from 'p-queue';
import pRetry from 'p-retry';
import type { Head } from '../../ledger/chain.ts';
import type { Entry, EntryDraft } from '../../ledger/entry.ts';
import type { LedgerQueries } from '../../ledger/queries.ts';
import type { CursorStore } from './cursor-store.ts';
import { type EcsEvent, ecsEvent, type Observer } from './ecs.ts';
import { AlertError } from './errors.ts';
import type { AlertSink } from './sink.ts';

const PAGE = 100;

/** First and longest wait before an alert is tried again; each is up to twice the one before. */
export interface Backoff {
  readonly firstMs: number;
  readonly longestMs: number;
}

export interface LaneStatus {
  readonly sink: string;
  /** Entries not dealt with yet. */
  readonly backlog: number;
  /** Attempts that failed since the start. */
  readonly failures: number;
  /** Alerts that the sink refused for good since the start. */
  readonly refused: number;
  readonly lastSuccessMs: number | null;
  /** Why the last attempt failed; null once one has succeeded. */
  readonly error: string | null;
}

export interface LaneParts {
  readonly ledger: Pick<LedgerQueries, 'head' | 'entries' | 'entry'>;
  readonly cursors: CursorStore;
  readonly observer: Observer;
  readonly backoff: Backoff;
  /** Takes an `alert.failed` to the ledger's writer. */
  readonly record: (draft: EntryDraft) => void;
}

export class Lane {
  readonly #sink: AlertSink;
  readonly #parts: LaneParts;
  readonly #queue = new PQueue({ concurrency: 1 });
  /** Ends waiting. */
  readonly #stopping = new AbortController();
  /** Ends the attempt under way. */
  readonly #cutting = new AbortController();
  #cursor: Head;
  #failures = 0;
  #refused = 0;
  #lastSuccessMs: number | null = null;
  #error: string | null = null;

  constructor(sink: AlertSink, parts: LaneParts) {
    this.#sink = sink;
    this.#parts = parts;
    this.#cursor = this.#startingPoint();
  }

  /** There may be new entries. */
  wake(): void {
    if (this.#queue.size === 0 && !this.#stopping.signal.aborted) this.#queue.add(() => this.#drain());
  }

  /** Let the attempt under way end, for `graceMs` at most. */
  async stop(graceMs: number): Promise<void> {
    this.#stopping.abort();
    this.#queue.clear();
    const idle = this.#queue.onIdle();
    await within(graceMs, idle);
    this.#cutting.abort();
    await within(graceMs, idle);
  }

  status(): LaneStatus {
    return {
      sink: this.#sink.name,
      backlog: this.#parts.ledger.head().seq - this.#cursor.seq,
      failures: this.#failures,
      refused: this.#refused,
      lastSuccessMs: this.#lastSuccessMs,
      error: this.#error,
    };
  }

  /** A new sink, or one whose ledger was replaced by another, starts at the head. */
  #startingPoint(): Head {
    const { ledger, cursors } = this.#parts;
    const kept = cursors.get(this.#sink.name);
    if (kept !== undefined && (kept.seq === 0 || ledger.entry(kept.seq)?.hash === kept.hash)) return kept;
    const head = ledger.head();
    cursors.set(this.#sink.name, head);
    return head;
  }

  async #drain(): Promise<void> {
    try {
      for (let page = await this.#nextPage(); page.length > 0; page = await this.#nextPage()) {
        for (const entry of page) await this.#pass(entry);
        this.#keepCursor();
      }
    } catch (error) {
      if (!this.#stopping.signal.aborted) this.#failed(error as Error);
    }
  }

  #nextPage(): Promise<Entry[]> {
    return this.#untilDone(async () => this.#parts.ledger.entries({ after: this.#cursor.seq, limit: PAGE }));
  }

  async #pass(entry: Entry): Promise<void> {
    try {
      const event = inWords(entry, this.#parts.observer);
      if (event === undefined) this.#advance(entry);
      else await this.#untilDone(() => this.#deliver(event, entry));
    } catch (error) {
      if (!isRefusal(error)) throw error;
      this.#refuse(entry, error);
    }
  }

  /** One attempt. The cursor moves in it, so that it moves also when we are asked to stop meanwhile. */
  async #deliver(event: EcsEvent, entry: Entry): Promise<void> {
    await this.#sink.deliver(event, this.#cutting.signal);
    this.#lastSuccessMs = Date.now();
    this.#error = null;
    this.#advance(entry);
    this.#keepCursor();
  }

  #refuse(entry: Entry, error: AlertError): void {
    this.#refused += 1;
    this.#advance(entry);
    this.#keepCursor();
    const body = { sink: this.#sink.name, seq: entry.seq, error: error.message };
    this.#parts.record({ type: 'alert.failed', actor: 'penstock', body });
  }

  #advance({ seq, hash }: Entry): void {
    this.#cursor = { seq, hash };
  }

  /** A cursor that cannot be kept (a full disk) must not hold alerts up: they come twice after the next start. */
  #keepCursor(): void {
    try {
      this.#parts.cursors.set(this.#sink.name, this.#cursor);
    } catch (error) {
      this.#failed(error as Error);
    }
  }

  /** Again and again until it is done, refused, or we are asked to stop; p-retry would let a TypeError through. */
  #untilDone<T>(work: () => Promise<T>): Promise<T> {
    const { firstMs, longestMs } = this.#parts.backoff;
    const attempt = () => work().catch((error) => Promise.reject(asAlertError(error)));
    return pRetry(attempt, {
      retries: Number.POSITIVE_INFINITY,
      minTimeout: firstMs,
      maxTimeout: longestMs,
      randomize: true,
      signal: this.#stopping.signal,
      onFailedAttempt: ({ error }) => this.#failed(error),
      shouldRetry: ({ error }) => !isRefusal(error),
    });
  }

  #failed(error: Error): void {
    this.#failures += 1;
    this.#error = error.message;
  }
}

/** Wait for `work`, or for `ms` when it takes longer. */
async function within(ms: number, work: Promise<void>): Promise<void> {
  const done = new AbortController();
  const elapsed = sleep(ms, undefined, { signal: done.signal }).catch(() => {});
  await Promise.race([work, elapsed]);
  done.abort();
}

/** @throws AlertError PENSTOCK_ALERT_REFUSED for an entry that makes no sense, so that it does not stop the others */
function inWords(entry: Entry, observer: Observer): EcsEvent | undefined {
  try {
    return ecsEvent(entry, observer);
  } catch (cause) {
    const problem = `entry ${entry.seq} cannot be told: ${(cause as Error).message}`;
    throw new AlertError('PENSTOCK_ALERT_REFUSED', problem, { cause });
  }
}

function isRefusal(error: unknown): error is AlertError {
  return error instanceof AlertError && error.code === 'PENSTOCK_ALERT_REFUSED';
}

function asAlertError(error: unknown): AlertError {
  if (error instanceof AlertError) return error;
  return new AlertError('PENSTOCK_ALERT_UNDELIVERED', (error as Error).message, { cause: error });
}
