/**
 * Where reports are asked for. One is made at a time; the last one is kept for a moment, for who asks for it in several
 * forms.
 */
import { Worker } from 'node:worker_threads';
import type { EngineControl, Outcome } from '../../engine/commands.ts';
import { csvOf } from './csv.ts';
import { ReportError } from './errors.ts';
import { htmlOf } from './html.ts';
import { askHistory, type Period, type ReportInput, type TrafficHistory } from './input.ts';
import type { Report } from './report.ts';
import { tablesOf } from './sections.ts';
import type { TableName } from './table.ts';

export interface DeskParts {
  readonly engine: EngineControl;
  readonly history: TrafficHistory;
  readonly ledgerPath: string;
  /** Of the machine. */
  readonly host: string;
  readonly version: string;
  /** ms since the epoch. */
  readonly now?: () => number;
  /** In the place of the thread that makes it. */
  readonly make?: (input: ReportInput) => Promise<Report>;
}

/** A ledger of a million entries is hashed in some ten seconds. */
const TIME_LIMIT_MS = 180_000;
const KEPT_MS = 60_000;
const MOST_WAITING = 4;
/** What nobody reads, and the ledger would be walked for. */
const MOST_PERIOD_MS = 3_660 * 86_400_000;

export class ReportDesk {
  readonly #parts: DeskParts;
  readonly #now: () => number;
  readonly #make: (input: ReportInput) => Promise<Report>;
  #last: { readonly key: string; readonly report: Report; readonly at: number } | undefined;
  #queue: Promise<unknown> = Promise.resolve();
  #waiting = 0;

  constructor(parts: DeskParts) {
    this.#parts = parts;
    this.#now = parts.now ?? Date.now;
    this.#make = parts.make ?? inThread;
  }

  async report(period: Period): Promise<Outcome<Report>> {
    const spanMs = period.toMs - period.fromMs;
    if (!(spanMs > 0)) return refused('the time ends before it begins');
    if (spanMs > MOST_PERIOD_MS) return refused('the time is longer than ten years');
    if (this.#waiting >= MOST_WAITING)
      return { ok: false, refusal: { code: 'failed', message: 'too many reports at once; ask again later' } };
    this.#waiting += 1;
    const made = this.#queue.then(() => this.#fresh(period));
    this.#queue = made.catch(() => {});
    try {
      return { ok: true, result: await made };
    } catch (error) {
      if (!(error instanceof ReportError)) throw error;
      return { ok: false, refusal: { code: 'failed', message: error.message } };
    } finally {
      this.#waiting -= 1;
    }
  }

  async html(period: Period): Promise<Outcome<string>> {
    const outcome = await this.report(period);
    return outcome.ok ? { ok: true, result: htmlOf(outcome.result) } : outcome;
  }

  async csv(period: Period, name: TableName): Promise<Outcome<string>> {
    const outcome = await this.report(period);
    if (!outcome.ok) return outcome;
    const table = tablesOf(outcome.result).find((each) => each.name === name);
    if (table === undefined) return refused(`the report has no table ${name}`);
    return { ok: true, result: csvOf(table) };
  }

  async #fresh(period: Period): Promise<Report> {
    const key = `${period.fromMs} ${period.toMs}`;
    const last = this.#last;
    if (last?.key === key && performance.now() - last.at < KEPT_MS) return last.report;
    const report = await this.#make(await this.#input(period));
    this.#last = { key, report, at: performance.now() };
    return report;
  }

  async #input(period: Period): Promise<ReportInput> {
    const { engine, history, ledgerPath, host, version } = this.#parts;
    const rules = await engine.call('rules', {});
    return {
      ...{ period, ledgerPath, host, version },
      madeAtMs: this.#now(),
      rules: rules.ok ? rules.result : null,
      ...(await askHistory(history, period)),
    };
  }
}

function inThread(input: ReportInput): Promise<Report> {
  const worker = new Worker(new URL('./worker.ts', import.meta.url), { workerData: input, name: 'report' });
  const failed = (message: string, cause?: unknown) =>
    new ReportError('PENSTOCK_REPORT_FAILED', `the report could not be made: ${message}`, { cause });
  return new Promise<Report>((done, reject) => {
    const timer = setTimeout(() => {
      reject(failed(`it takes longer than ${TIME_LIMIT_MS / 1_000} s`));
      void worker.terminate();
    }, TIME_LIMIT_MS);
    worker.once('message', done);
    worker.once('error', (error) => reject(failed((error as Error).message, error)));
    worker.once('exit', () => {
      clearTimeout(timer);
      reject(failed('its thread has ended'));
    });
  });
}

function refused(message: string): Outcome<never> {
  return { ok: false, refusal: { code: 'refused', message } };
}
