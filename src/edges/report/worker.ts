/** Makes one report in a thread of its own: the whole ledger is hashed for it. */
import { parentPort, workerData } from 'node:worker_threads';
import { LedgerReader } from '../../ledger/reader.ts';
import { verify } from '../../ledger/verification.ts';
import { buildReport } from './build.ts';
import type { ReportInput } from './input.ts';
import type { Report } from './report.ts';

function make(input: ReportInput): Report {
  const verified = verify(input.ledgerPath);
  const ledger = LedgerReader.open(input.ledgerPath);
  try {
    return buildReport(input, ledger, verified);
  } finally {
    ledger.close();
  }
}

parentPort?.postMessage(make(workerData as ReportInput));
