/**
 * The history of flows: what was sent by whom to whom, for weeks. Once a minute the engine is asked for what it has
 * counted, and the thread that keeps the history writes it.
 *
 *   engine thread --- drainTraffic, in pieces ---> main thread --- piece ... write ---> history's thread --- history.db
 *
 * Whatever goes wrong here is told, and harms nothing else: the engine folds what nobody takes. What could not be
 * written is gone.
 */

import type { EngineControl, Outcome, Refusal, Result } from '../../engine/commands.ts';
import { HistoryClient } from './client.ts';
import { HistoryError } from './errors.ts';
import type { Filter, RuleUses, Series, SeriesQuestion, Top, TopQuestion } from './question.ts';
import { STEP_MS } from './step.ts';
import type { KeeperSettings } from './wire.ts';

export interface HistoryLog {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
}

export interface HistoryParts {
  readonly engine: EngineControl;
  readonly settings: KeeperSettings;
  readonly log: HistoryLog;
  /** Its thread, when that was started before. */
  readonly thread?: Promise<HistoryClient>;
  /** ms since the epoch. */
  readonly now?: () => number;
}

/** `problem`: why nothing is written now; absent when all is well. */
export interface HistoryStatus {
  readonly rowsWritten: number;
  readonly writes: number;
  /** Drains that could not be written. */
  readonly lost: number;
  readonly fileBytes: number;
  readonly writtenAtMs: number;
  readonly problem?: string;
}

const EVERY_MS = 60_000;
/** Who asks sees what is no older than this. */
const FRESH_MS = 5_000;
/** At the end nothing is waited for any longer. */
const LAST_WRITE_MS = 5_000;
const MOST_POINTS = 4_000;

export class FlowHistory {
  readonly #engine: EngineControl;
  readonly #settings: KeeperSettings;
  readonly #log: HistoryLog;
  readonly #now: () => number;
  readonly #client: HistoryClient | undefined;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | undefined;
  #drainedAt = Number.NEGATIVE_INFINITY;
  #status: HistoryStatus = { rowsWritten: 0, writes: 0, lost: 0, fileBytes: 0, writtenAtMs: 0 };

  private constructor(
    { engine, settings, log, now = Date.now }: HistoryParts,
    client: HistoryClient | undefined,
  ) {
    this.#engine = engine;
    this.#settings = settings;
    this.#log = log;
    this.#now = now;
    this.#client = client;
  }

  /** Without a file that can be used there is no history, and everything else. */
  static async open(parts: HistoryParts): Promise<FlowHistory> {
    try {
      const history = new FlowHistory(parts, await (parts.thread ?? HistoryClient.start(parts.settings)));
      history.#schedule();
      return history;
    } catch (error) {
      const history = new FlowHistory(parts, undefined);
      history.#fail(error);
      return history;
    }
  }

  get status(): HistoryStatus {
    return this.#status;
  }

  async series(question: SeriesQuestion): Promise<Outcome<Series>> {
    const points = (question.toMs - question.fromMs) / STEP_MS[question.step];
    if (points < 0) return refuse('refused', 'the time ends before it begins');
    if (points > MOST_POINTS)
      return refuse('refused', `more than ${MOST_POINTS} points: ask for a shorter time or a wider step`);
    return this.#ask((client) => client.call('series', question));
  }

  async top(question: TopQuestion): Promise<Outcome<Top>> {
    if (question.toMs < question.fromMs) return refuse('refused', 'the time ends before it begins');
    const { by } = question;
    if ((by === 'country' || by === 'as') && this.#settings.geography[by] === undefined)
      return refuse('refused', `no database is given to tell it by (configuration: geo.${by})`);
    return this.#ask((client) => client.call('top', question));
  }

  ruleUses(filter: Filter, limit: number): Promise<Outcome<RuleUses[]>> {
    return this.#ask((client) => client.call('ruleUses', { ...filter, limit }));
  }

  /** Write what the engine has counted until now. Never rejects. */
  collect(): Promise<void> {
    this.#running ??= this.#collect().finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  /** Write the last minute; before the engine ends. */
  async close(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const client = this.#client;
    if (client === undefined) return;
    const limit = new Promise<void>((done) => setTimeout(done, LAST_WRITE_MS).unref());
    await Promise.race([this.collect(), limit]);
    await Promise.race([client.close(), limit]);
  }

  /** At full minutes, so that a bucket holds what was sent in it. */
  #schedule(): void {
    this.#timer = setTimeout(
      async () => {
        await this.collect();
        if (this.#timer !== undefined) this.#schedule();
      },
      EVERY_MS - (this.#now() % EVERY_MS),
    );
    this.#timer.unref();
  }

  async #ask<T>(question: (client: HistoryClient) => Promise<T>): Promise<Outcome<T>> {
    if (this.#client === undefined) return refuse('failed', this.#status.problem ?? 'no history is kept');
    if (performance.now() - this.#drainedAt > FRESH_MS) await this.collect();
    try {
      return { ok: true, result: await question(this.#client) };
    } catch (error) {
      if (error instanceof HistoryError) return refuse('failed', error.message);
      throw error;
    }
  }

  async #collect(): Promise<void> {
    const client = this.#client;
    if (client === undefined) return;
    this.#drainedAt = performance.now();
    try {
      const countedForMs = await this.#pass(client);
      const nowMs = this.#now();
      // What was counted over a full minute is asked for a moment later: the middle of it tells the bucket.
      const { rows, fileBytes } = await client.call('write', { atMs: nowMs - countedForMs / 2, nowMs });
      this.#succeed(rows, fileBytes, nowMs);
    } catch (error) {
      this.#fail(error);
    }
  }

  /** @returns over how long it was counted */
  async #pass(client: HistoryClient): Promise<number> {
    let piece: Result<'drainTraffic'>;
    do {
      const outcome = await this.#engine.call('drainTraffic', {});
      if (!outcome.ok) throw new HistoryError('PENSTOCK_HISTORY_IO', `history: ${outcome.refusal.message}`);
      piece = outcome.result;
      await client.call('piece', piece);
    } while (piece.more);
    return piece.countedForMs;
  }

  #succeed(rows: number, fileBytes: number, writtenAtMs: number): void {
    const { problem, ...before } = this.#status;
    if (problem !== undefined) this.#log.info({}, 'the history of flows is written again');
    this.#status = {
      ...before,
      ...{ fileBytes, writtenAtMs },
      rowsWritten: before.rowsWritten + rows,
      writes: before.writes + 1,
    };
  }

  /** Said once, not every minute. */
  #fail(error: unknown): void {
    const problem = error instanceof Error ? error.message : String(error);
    if (this.#status.problem !== problem) {
      this.#log.warn({ err: error }, `no history of flows is written: ${problem}`);
    }
    this.#status = { ...this.#status, lost: this.#status.lost + 1, problem };
  }
}

function refuse(code: Refusal['code'], message: string): Outcome<never> {
  return { ok: false, refusal: { code, message } };
}
