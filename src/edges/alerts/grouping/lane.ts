/**
 * The way of the alerts to people:
 *
 *   ledger --> grouping.ts --> message kept --> send --- failed ---> wait ---> send again
 *                  ^                              |                    |
 *                  +----- taken or refused -------+    meanwhile more is grouped, so that an outage of hours
 *                                                      ends in a few messages
 *
 * How far it has read, what is held and the message under way are kept together, before the message goes out.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { pauseMs } from '../backoff.ts';
import { dispatchOf } from '../dispatch.ts';
import { AlertError } from '../errors.ts';
import type { LaneParts } from '../lane.ts';
import { LaneRecord, type LaneStatus } from '../lane-record.ts';
import type { Subscription } from '../sink.ts';
import { emptyState, Grouping } from './grouping.ts';
import type { Message } from './message.ts';
import type { MessageSink } from './message-sink.ts';
import { noticeOf } from './notice.ts';
import { numbers } from './ranges.ts';
import type { GroupingStore, Kept } from './store.ts';

const PAGE = 100;
/** What was read is kept at least so often, though no message is due. */
const KEEP_EVERY_MS = 10_000;
const LONGEST_SLEEP_MS = 3_600_000;
/** A sink that comes into the configuration again after longer starts with the next alert. */
const ABSENT_KEPT_MS = 7 * 86_400_000;

export type GroupingLaneParts = Omit<LaneParts, 'cursors'> & { readonly store: GroupingStore };

export class GroupingLane {
  readonly sink: MessageSink;
  readonly #parts: GroupingLaneParts;
  readonly #wants: NonNullable<Subscription['wants']>;
  readonly #record = new LaneRecord();
  readonly #stopping = new AbortController();
  readonly #cutting = new AbortController();
  readonly #grouping: Grouping;
  #kept: Kept;
  #keptAtMs = 0;
  #running: Promise<void> | undefined;
  #isWoken = false;
  #alarm: NodeJS.Timeout | undefined;

  constructor(sink: MessageSink, wants: Subscription['wants'], parts: GroupingLaneParts) {
    this.sink = sink;
    this.#wants = wants ?? (() => true);
    this.#parts = parts;
    this.#kept = this.#startingPoint();
    this.#grouping = new Grouping(sink.grouping, this.#kept.state);
  }

  /** There may be new entries. */
  wake(): void {
    this.#isWoken = true;
    if (this.#stopping.signal.aborted) return;
    this.#running ??= this.#run().finally(() => {
      this.#running = undefined;
      if (this.#isWoken) this.wake();
    });
  }

  status(): LaneStatus {
    const waiting = this.#kept.message?.count ?? 0;
    const backlog = this.#parts.ledger.head().seq - this.#kept.head.seq + waiting;
    return { sink: this.sink.name, type: this.sink.type, backlog, ...this.#record.status() };
  }

  /** Let the attempt under way end, for `graceMs` at most. */
  async stop(graceMs: number): Promise<void> {
    clearTimeout(this.#alarm);
    this.#stopping.abort();
    const cut = setTimeout(() => this.#cutting.abort(), graceMs);
    await this.#running;
    clearTimeout(cut);
    this.#keep({});
    await this.sink.close?.().catch(() => {});
  }

  /** A new sink, or one whose ledger was replaced by another, starts at the head. */
  #startingPoint(): Kept {
    const { ledger, store } = this.#parts;
    const kept = store.get(this.sink.name);
    const head = ledger.head();
    const entry = kept && ledger.entry(kept.head.seq);
    const isOurs = kept !== undefined && (kept.head.seq === 0 || entry?.hash === kept.head.hash);
    const isAbsent = entry !== undefined && entry.seq < head.seq && Date.now() - entry.atMs > ABSENT_KEPT_MS;
    if (isOurs && !isAbsent) return kept;
    const fresh = { head, state: emptyState(), message: null };
    store.set(this.sink.name, fresh);
    return fresh;
  }

  async #run(): Promise<void> {
    clearTimeout(this.#alarm);
    for (let failures = 0; !this.#stopping.signal.aborted; ) {
      try {
        this.#isWoken = false;
        await this.#read();
        if (await this.#sendNext()) failures = 0;
        else if (!this.#isWoken) break;
      } catch (error) {
        if (this.#stopping.signal.aborted) return;
        this.#record.failed((error as Error).message, Date.now());
        const pause = pauseMs(this.#parts.backoff, failures, error);
        await sleep(pause, undefined, { signal: this.#stopping.signal }).catch(() => {});
        failures += 1;
      }
    }
    this.#setAlarm();
  }

  /** Into groups, all that there is by now; other work goes on between the pages. */
  async #read(): Promise<void> {
    const { ledger } = this.#parts;
    for (;;) {
      const entries = ledger.entries({ after: this.#kept.head.seq, limit: PAGE });
      for (const entry of entries) this.#take(entry);
      if (Date.now() - this.#keptAtMs > KEEP_EVERY_MS && entries.length > 0) this.#keep({});
      if (entries.length < PAGE || this.#stopping.signal.aborted) return;
      await sleep(0);
    }
  }

  #take(entry: Parameters<typeof dispatchOf>[0]): void {
    try {
      const dispatch = dispatchOf(entry, this.#parts.observer);
      if (dispatch !== undefined && this.#wants(dispatch))
        this.#grouping.take(noticeOf(dispatch), Date.now());
    } catch (error) {
      this.#refuse(entry.seq, `entry ${entry.seq} cannot be told: ${(error as Error).message}`);
    }
    this.#kept = { ...this.#kept, head: { seq: entry.seq, hash: entry.hash } };
  }

  /** @returns whether there was one */
  async #sendNext(): Promise<boolean> {
    const message = this.#kept.message ?? this.#grouping.next(Date.now()) ?? null;
    if (message === null) return false;
    if (this.#kept.message === null) this.#keep({ message });
    await this.#send(message);
    this.#keep({ message: null });
    return true;
  }

  async #send(message: Message): Promise<void> {
    this.#record.tries();
    try {
      await this.sink.send(message, this.#cutting.signal);
      this.#record.succeeded(message.count, Date.now());
    } catch (error) {
      if (!(error instanceof AlertError && error.code === 'PENSTOCK_ALERT_REFUSED')) throw error;
      const which = `alerts ${numbers(message.sequences)}: ${error.message}`;
      this.#refuse(message.sequences[0][0], which);
    }
  }

  #refuse(seq: number, error: string): void {
    this.#record.refused();
    this.#parts.record({
      type: 'alert.failed',
      actor: 'penstock',
      body: { sink: this.sink.name, seq, error },
    });
  }

  /** What cannot be kept (a full disk) must not hold alerts up: they come again after the next start. */
  #keep(changes: Partial<Kept>): void {
    this.#kept = { ...this.#kept, ...changes };
    this.#keptAtMs = Date.now();
    try {
      this.#parts.store.set(this.sink.name, this.#kept);
    } catch (error) {
      this.#record.failed((error as Error).message, Date.now());
    }
  }

  #setAlarm(): void {
    const dueMs = this.#grouping.nextMs(Date.now());
    if (dueMs === null || this.#stopping.signal.aborted) return;
    const waitMs = Math.min(LONGEST_SLEEP_MS, Math.max(0, dueMs - Date.now()));
    this.#alarm = setTimeout(() => this.wake(), waitMs + 1).unref();
  }
}
