/**
 * Reports that come by themselves: when a day, a week or a month is over, and at the start when the last one is missing.
 * What fails is tried again.
 */
import type { Outcome } from '../../engine/commands.ts';
import type { EntryDraft } from '../../ledger/entry.ts';
import { type Every, lastPeriod, nextEnd } from './calendar.ts';
import { htmlOf } from './html.ts';
import type { Period } from './input.ts';
import type { KeptReports, WrittenReport } from './kept-reports.ts';
import type { Report } from './report.ts';

export interface ScheduleParts {
  readonly every: Every;
  /** How many stay. */
  readonly keep: number;
  readonly kept: KeptReports;
  report(period: Period): Promise<Outcome<Report>>;
  /** Into the ledger. */
  record(draft: EntryDraft): Promise<void>;
  /** When the ledger begins; undefined: it is empty. */
  firstEntryMs(): number | undefined;
  warn(error: unknown, message: string): void;
  readonly now?: () => number;
}

/** So that the last minute is in the history. */
const AFTER_MS = 120_000;
const RETRY_MS = 600_000;
/** Timers know nothing of a clock that was set or a machine that slept: after so long it is looked at again. */
const LONGEST_MS = 600_000;

export class ReportSchedule {
  readonly #parts: ScheduleParts;
  readonly #now: () => number;
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;

  constructor(parts: ScheduleParts) {
    this.#parts = parts;
    this.#now = parts.now ?? Date.now;
  }

  /** Looks at once, in the background. */
  start(): void {
    this.#wait(0);
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  /** Make the report of the last time that is over, unless it is there. @returns ms until it is worth a look again */
  async look(): Promise<number> {
    const { every, kept } = this.#parts;
    const now = this.#now();
    // Just after the end the one before is still the last.
    const period = lastPeriod(every, now - AFTER_MS);
    const untilNext = nextEnd(every, now - AFTER_MS) + AFTER_MS - now;
    const first = this.#parts.firstEntryMs();
    if (kept.has(period.name) || first === undefined || first >= period.toMs) return untilNext;
    try {
      await this.#make(period);
      return untilNext;
    } catch (error) {
      this.#parts.warn(error, `the report of ${period.name} could not be made; it is tried again`);
      return RETRY_MS;
    }
  }

  async #make({ name, fromMs, toMs }: Period & { name: string }): Promise<void> {
    const { kept, keep, record } = this.#parts;
    const outcome = await this.#parts.report({ fromMs, toMs });
    if (!outcome.ok) throw new Error(outcome.refusal.message);
    // The HTML last: it says that all is there.
    const json = kept.write(name, 'json', `${JSON.stringify(outcome.result, null, 2)}\n`);
    const html = kept.write(name, 'html', htmlOf(outcome.result));
    for (const written of [json, html]) await record(entryOf(written, { fromMs, toMs }));
    kept.prune(name, keep);
  }

  #wait(ms: number): void {
    this.#timer = setTimeout(
      async () => {
        const next = await this.look();
        if (!this.#stopped) this.#wait(next);
      },
      Math.min(Math.max(0, ms), LONGEST_MS),
    );
    this.#timer.unref();
  }
}

function entryOf({ name, bytes, sha256 }: WrittenReport, { fromMs, toMs }: Period): EntryDraft {
  return { type: 'report.made', actor: 'penstock', body: { name, bytes, sha256, fromMs, toMs } };
}
