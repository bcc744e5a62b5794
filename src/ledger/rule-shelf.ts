/**
 * How often rules were used, over a restart. It lies in the ledger's database but is no part of the record: it is counted,
 * not decided, and is overwritten. Losing it makes rules look less used than they are, since a later time.
 */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { guarded } from './errors.ts';
import { Transactions } from './transactions.ts';

export interface StoredUse {
  /** Which rule, and what it says. */
  readonly key: string;
  readonly hits: number;
  readonly lastHitMs: number | null;
  readonly sinceMs: number;
  /** Of `hits`, what the kernel's elements had counted that stood then. */
  readonly counted: number;
  readonly savedAtMs: number;
}

export class RuleShelf {
  readonly #db: DatabaseSync;
  readonly #put: StatementSync;
  readonly #transactions: Transactions;
  readonly #relax: () => void;

  /** `relax`: commits are synced at checkpoints only. */
  constructor(db: DatabaseSync, relax: () => void) {
    this.#db = db;
    this.#transactions = new Transactions(db);
    this.#relax = relax;
    this.#put = db.prepare('INSERT OR REPLACE INTO rule_uses VALUES (?, ?, ?, ?, ?, ?)');
  }

  /** @throws LedgerError, and then none is saved */
  save(uses: readonly StoredUse[]): void {
    guarded('rule uses', () => {
      this.#relax();
      this.#transactions.run(() => {
        for (const { key, hits, lastHitMs, sinceMs, counted, savedAtMs } of uses)
          this.#put.run(key, hits, lastHitMs, sinceMs, counted, savedAtMs);
      });
    });
  }

  /** Those that were saved after `sinceMs`, the newest, at most `limit`; the others are deleted. @throws LedgerError */
  take(sinceMs: number, limit: number): StoredUse[] {
    return guarded('rule uses', () => {
      this.#db
        .prepare(
          `DELETE FROM rule_uses WHERE saved_at_ms < ?1 OR key NOT IN
           (SELECT key FROM rule_uses ORDER BY saved_at_ms DESC LIMIT ?2)`,
        )
        .run(sinceMs, limit);
      const rows = this.#db.prepare('SELECT * FROM rule_uses ORDER BY saved_at_ms').all();
      return rows.map((row) => ({
        key: row.key as string,
        hits: row.hits as number,
        lastHitMs: row.last_hit_ms as number | null,
        sinceMs: row.since_ms as number,
        counted: row.counted as number,
        savedAtMs: row.saved_at_ms as number,
      }));
    });
  }
}
