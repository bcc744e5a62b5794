/** Ledgers in a folder of their own that goes with the test. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { Ledger } from '../../../src/ledger/ledger.ts';
import { LedgerReader } from '../../../src/ledger/reader.ts';

export function freshPath(): string {
  const folder = mkdtempSync(join(tmpdir(), 'ps-ledger-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, 'ledger.db');
}

export function openLedger(path = freshPath()): Ledger {
  const ledger = Ledger.open(path);
  onTestFinished(() => ledger.close());
  return ledger;
}

export function openReader(path: string): LedgerReader {
  const reader = LedgerReader.open(path);
  onTestFinished(() => reader.close());
  return reader;
}
