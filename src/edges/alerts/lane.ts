/**
 * The way of the alerts to one sink, in the ledger's order:
 *
 *             wake                                  taken, refused, or not wanted
 *   (asleep) ------> next alerts  <--------------------------------------------------+
 *       ^               |  |                                                         |
 *       +-- none left --+  +--> wait for the rate ---> deliver --- failed ---> wait -+
 *
 * The cursor moves past an entry only after that, so a kill at any point repeats an alert and never loses one. A sink
 * that cannot know of an arrival (`settleMs`) has its cursor moved later, and goes back to it after a loss.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import PQueue from 'p-queue';
import type { Head } from '../../ledger/chain.ts';
import type { EntryDraft } from '../../ledger/entry.ts';
import type { LedgerQueries } from '../../ledger/queries.ts';
import { type Backoff, pauseMs } from './backoff.ts';
import type { CursorStore } from './cursor-store.ts';
import type { Dispatch, Observer } from './dispatch.ts';
import { AlertError } from './errors.ts';
import { LaneRecord, type LaneStatus } from './lane-record.ts';
import { Pace } from './pace.ts';
import { Progress } from './progress.ts';
import type { AlertSink, Subscription } from './sink.ts';
import { type Passage, WaitingAlerts } from './waiting-alerts.ts';

export interface LaneParts {
  readonly ledger: Pick<LedgerQueries, 'head' | 'entries' | 'entry'>;
  readonly cursors: CursorStore;
  readonly observer: Observer;
  readonly backoff: Backoff;
  /** Takes an `alert.failed` to the ledger's writer. */
  readonly record: (draft: EntryDraft) => void;
}

export class Lane {
  readonly sink: AlertSink;
  readonly #parts: LaneParts;
  readonly #pace: Pace;
  readonly #queue = new PQueue({ concurrency: 1 });
  /** Ends waiting. */
  readonly #stopping = new AbortController();
  /** Ends the attempt under way. */
  readonly #cutting = new AbortController();
  readonly #record = new LaneRecord();
  readonly #waiting: WaitingAlerts;
  readonly #progress: Progress;
  #settling: NodeJS.Timeout | undefined;
  /** What was taken and is not settled is to be sent again. */
  #isLost = false;
  /** A batch was refused: so many of it go alone, to find which are to blame. */
  #alone = 0;

  constructor({ sink, wants = () => true, rate }: Subscription, parts: LaneParts) {
    this.sink = sink;
    this.#parts = parts;
    this.#pace = new Pace(rate, sink.batch ?? 1);
    this.#progress = new Progress(this.#startingPoint(), sink.settleMs ?? 0);
    this.#waiting = new WaitingAlerts(parts.ledger, parts.observer, wants);
    sink.watch?.((why) => this.#onLoss(why));
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
    await within(graceMs, this.#close());
    clearTimeout(this.#settling);
    this.#settle();
  }

  status(): LaneStatus {
    const backlog = this.#parts.ledger.head().seq - this.#progress.taken.seq;
    return { sink: this.sink.name, type: this.sink.type, backlog, ...this.#record.status() };
  }

  /** A new sink, or one whose ledger was replaced by another, starts at the head. */
  #startingPoint(): Head {
    const { ledger, cursors } = this.#parts;
    const kept = cursors.get(this.sink.name);
    if (kept !== undefined && (kept.seq === 0 || ledger.entry(kept.seq)?.hash === kept.hash)) return kept;
    const head = ledger.head();
    cursors.set(this.sink.name, head);
    return head;
  }

  /** Until nothing is left or we are asked to stop; whatever fails is tried again. */
  async #drain(): Promise<void> {
    const { signal } = this.#stopping;
    for (let failures = 0; !signal.aborted; ) {
      try {
        if (!(await this.#step())) return;
        failures = 0;
      } catch (error) {
        if (signal.aborted) return;
        this.#failed(error as Error);
        await sleep(pauseMs(this.#parts.backoff, failures, error), undefined, { signal }).catch(() => {});
        failures += 1;
      }
    }
  }

  /** The next attempt. @returns whether there may be more to do */
  async #step(): Promise<boolean> {
    if (this.#isLost) this.#rewind();
    this.#waiting.fill(this.#progress.taken);
    for (const { entry, error } of this.#waiting.takeUnspeakable()) this.#refuse(entry.seq, error);
    const unwanted = this.#waiting.takeUnwanted();
    if (unwanted !== undefined) this.#advance(unwanted, true);
    if (this.#waiting.isEmpty) return unwanted !== undefined;
    const passage = await this.#nextPassage();
    // What was lost while we waited comes first.
    if (!this.#isLost) await this.#pass(passage);
    return true;
  }

  async #nextPassage(): Promise<Passage> {
    const isLate = await this.#pace.wait(this.#stopping.signal, (isHeld) => this.#record.held(isHeld));
    if (isLate && this.#pace.summarises && this.#alone === 0) return this.#waiting.summary();
    return this.#waiting.next(this.#alone > 0 ? 1 : this.#pace.most());
  }

  async #pass({ dispatches, head, entries }: Passage): Promise<void> {
    this.#pace.spend(dispatches.length);
    try {
      await this.#deliver(dispatches);
    } catch (error) {
      if (!isRefusal(error)) throw error;
      if (dispatches.length > 1) {
        this.#alone = dispatches.length;
        return;
      }
      this.#refuse(head.seq, error);
    }
    this.#alone = Math.max(0, this.#alone - dispatches.length);
    this.#waiting.drop(entries);
    this.#advance(head, false);
  }

  async #deliver(dispatches: readonly Dispatch[]): Promise<void> {
    this.#record.tries();
    await this.sink.deliver(dispatches, this.#cutting.signal);
    this.#record.succeeded(dispatches.length, Date.now());
  }

  #refuse(seq: number, { message }: Error): void {
    this.#record.refused();
    const body = { sink: this.sink.name, seq, error: message };
    this.#parts.record({ type: 'alert.failed', actor: 'penstock', body });
  }

  #advance(head: Head, isCertain: boolean): void {
    this.#progress.take(head, performance.now(), isCertain);
    this.#settle();
  }

  /** Keep what is certain by now, and look again when more is. */
  #settle(): void {
    const nowMs = performance.now();
    const dueMs = this.#progress.settle(nowMs);
    this.#keepCursor();
    if (dueMs === undefined || this.#stopping.signal.aborted || this.#settling !== undefined) return;
    this.#settling = setTimeout(
      () => {
        this.#settling = undefined;
        this.#settle();
      },
      dueMs - nowMs + 1,
    ).unref();
  }

  #onLoss(why: Error): void {
    if (!this.#progress.isUnsure) return;
    this.#failed(why);
    this.wake();
  }

  #rewind(): void {
    this.#isLost = false;
    this.#progress.lose(performance.now());
    this.#keepCursor();
    this.#waiting.clear();
  }

  async #close(): Promise<void> {
    const hasArrived = await this.sink.close?.().catch(() => false);
    if (hasArrived && !this.#isLost) this.#progress.settleAll();
  }

  /** A cursor that cannot be kept (a full disk) must not hold alerts up: they come twice after the next start. */
  #keepCursor(): void {
    try {
      this.#parts.cursors.set(this.sink.name, this.#progress.settled);
    } catch (error) {
      this.#record.failed((error as Error).message, Date.now());
    }
  }

  #failed(error: Error): void {
    this.#record.failed(error.message, Date.now());
    this.#isLost = this.sink.settleMs !== undefined;
  }
}

/** Wait for `work`, or for `ms` when it takes longer. */
async function within(ms: number, work: Promise<void>): Promise<void> {
  const done = new AbortController();
  const elapsed = sleep(ms, undefined, { signal: done.signal }).catch(() => {});
  await Promise.race([work, elapsed]);
  done.abort();
}

function isRefusal(error: unknown): error is AlertError {
  return error instanceof AlertError && error.code === 'PENSTOCK_ALERT_REFUSED';
}
