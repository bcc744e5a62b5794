/** Reports: made when somebody asks, and by themselves when the configuration says so. */
import { hostname } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import type { Logger } from 'pino';
import type { ReportSource } from '../edges/api/resource/reports.ts';
import type { FlowHistory } from '../edges/history/history.ts';
import { ReportDesk } from '../edges/report/desk.ts';
import { KeptReports } from '../edges/report/kept-reports.ts';
import { ReportSchedule } from '../edges/report/schedule.ts';
import type { EngineControl } from '../engine/commands.ts';
import type { LedgerReader } from '../ledger/reader.ts';
import type { Configuration } from './configuration.ts';

export interface ReportParts {
  readonly engine: EngineControl;
  readonly ledger: LedgerReader;
  readonly history: FlowHistory;
  readonly version: string;
  readonly log: Logger;
}

/** `stop` ends what would come by itself. */
export function openReports(
  { reports, stateDir, path }: Configuration,
  { engine, ledger, history, version, log }: ReportParts,
): ReportSource & { stop(): void } {
  const ledgerPath = join(stateDir, 'ledger.db');
  const desk = new ReportDesk({ engine, history, ledgerPath, version, host: hostname() });
  const { directory } = reports ?? {};
  const folder =
    directory === undefined ? join(stateDir, 'reports') : resolve(dirname(path ?? '.'), directory);
  const kept = new KeptReports(folder);
  const schedule =
    reports &&
    new ReportSchedule({
      every: reports.every,
      keep: reports.keep,
      kept,
      report: (period) => desk.report(period),
      record: async (draft) => void (await engine.call('record', { entries: [draft] })),
      firstEntryMs: () => ledger.entry(1)?.atMs,
      warn: (err, message) => log.warn({ err }, message),
    });
  schedule?.start();
  return {
    report: (period) => desk.report(period),
    html: (period) => desk.html(period),
    csv: (period, table) => desk.csv(period, table),
    kept: () => kept.list(),
    read: (name) => kept.read(name),
    stop: () => schedule?.stop(),
  };
}
