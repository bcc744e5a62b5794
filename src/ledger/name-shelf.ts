/**
 * Names that resolvers have answered, over a restart. They lie in the ledger's database but are no part of the record:
 * what is learnt is written before the answer goes on, so that after a death nothing that a host was told is unknown.
 */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { guarded } from './errors.ts';
import { Transactions } from './transactions.ts';

export interface StoredName {
  readonly name: string;
  /** Canonical text. */
  readonly address: string;
  readonly untilMs: number;
}

export class NameShelf {
  readonly #db: DatabaseSync;
  readonly #put: StatementSync;
  readonly #transactions: Transactions;
  readonly #relax: () => void;

  /** `relax`: commits are synced at checkpoints only; a client waits, and a power loss clears the kernel too. */
  constructor(db: DatabaseSync, relax: () => void) {
    this.#db = db;
    this.#transactions = new Transactions(db);
    this.#relax = relax;
    this.#put = db.prepare('INSERT OR REPLACE INTO names VALUES (?, ?, ?)');
  }

  /** @throws LedgerError, and then none is saved */
  save(names: readonly StoredName[]): void {
    guarded('names', () => {
      this.#relax();
      this.#transactions.run(() => {
        for (const { name, address, untilMs } of names) this.#put.run(name, address, untilMs);
      });
    });
  }

  /** Those that hold after `sinceMs`, the longest first, at most `limit`; the others are deleted. @throws LedgerError */
  take(sinceMs: number, limit: number): StoredName[] {
    return guarded('names', () => {
      this.#db.prepare('DELETE FROM names WHERE until_ms <= ?').run(sinceMs);
      const rows = this.#db
        .prepare('SELECT * FROM names ORDER BY until_ms DESC, name, address LIMIT ?')
        .all(limit);
      return rows.map((row) => ({
        name: row.name as string,
        address: row.address as string,
        untilMs: row.until_ms as number,
      }));
    });
  }
}
