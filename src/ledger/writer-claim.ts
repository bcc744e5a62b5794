/**
 * One writer a ledger. The claim is an exclusive SQLite lock on an empty file beside the ledger (`ledger.db.writer`),
 * a lock of the kernel's, so it ends with the process however it dies. It also holds between threads of one process.
 * A lock on the ledger itself would keep the readers out.
 */
import type { DatabaseSync } from 'node:sqlite';
import { openPrivate } from './connection.ts';
import { guarded } from './errors.ts';

export class WriterClaim {
  readonly #db: DatabaseSync;

  /** @throws LedgerError PENSTOCK_LEDGER_BUSY when there is a writer */
  constructor(ledgerPath: string) {
    const path = `${ledgerPath}.writer`;
    this.#db = guarded('claim', () => openPrivate(path));
    try {
      guarded('another writer has it: claim', () => this.#db.exec('BEGIN EXCLUSIVE'));
    } catch (error) {
      this.#db.close();
      throw error;
    }
  }

  release(): void {
    this.#db.close();
  }
}
