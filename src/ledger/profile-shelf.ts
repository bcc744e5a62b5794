/**
 * Profiles of hosts, and the model of all, over a restart. They lie in the ledger's database but are no part of the record: what a host
 * usually does is learnt, not decided, and is overwritten. Losing one costs some days of learning.
 */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { guarded } from './errors.ts';
import { Transactions } from './transactions.ts';

export interface StoredProfile {
  /** Canonical text. */
  readonly host: string;
  readonly savedAtMs: number;
  readonly body: Uint8Array;
}

export class ProfileShelf {
  readonly #db: DatabaseSync;
  readonly #put: StatementSync;
  readonly #transactions: Transactions;

  constructor(db: DatabaseSync) {
    this.#db = db;
    this.#transactions = new Transactions(db);
    this.#put = db.prepare('INSERT OR REPLACE INTO host_profiles VALUES (?, ?, ?, ?)');
  }

  /** The keys that the profiles' hashes were made with; `fresh` is kept when there are none. @throws LedgerError */
  keys(fresh: Uint8Array): Uint8Array {
    return guarded('profiles', () => {
      this.#db.prepare("INSERT OR IGNORE INTO learnt VALUES ('keys', ?)").run(fresh);
      return this.#db.prepare("SELECT body FROM learnt WHERE name = 'keys'").get()?.body as Uint8Array;
    });
  }

  /** What the model of all hosts has learnt; undefined when nothing is kept. @throws LedgerError */
  model(): Uint8Array | undefined {
    return guarded(
      'profiles',
      () =>
        this.#db.prepare("SELECT body FROM learnt WHERE name = 'outlier'").get()?.body as
          | Uint8Array
          | undefined,
    );
  }

  /** @throws LedgerError */
  saveModel(body: Uint8Array): void {
    guarded('profiles', () =>
      this.#db.prepare("INSERT OR REPLACE INTO learnt VALUES ('outlier', ?)").run(body),
    );
  }

  /** @throws LedgerError, and then none is saved */
  save(version: number, profiles: readonly StoredProfile[]): void {
    guarded('profiles', () => {
      this.#transactions.run(() => {
        for (const { host, savedAtMs, body } of profiles) this.#put.run(host, version, savedAtMs, body);
      });
    });
  }

  /** The newest of this version, oldest first, at most `limit`; the others are deleted. @throws LedgerError */
  take(version: number, limit: number, sinceMs: number): StoredProfile[] {
    return guarded('profiles', () => {
      this.#db
        .prepare(
          `DELETE FROM host_profiles WHERE version <> ?1 OR saved_at_ms < ?2 OR host NOT IN
           (SELECT host FROM host_profiles WHERE version = ?1 ORDER BY saved_at_ms DESC LIMIT ?3)`,
        )
        .run(version, sinceMs, limit);
      const rows = this.#db
        .prepare('SELECT host, saved_at_ms, body FROM host_profiles ORDER BY saved_at_ms')
        .all();
      return rows.map((row) => ({
        host: row.host as string,
        savedAtMs: row.saved_at_ms as number,
        body: row.body as Uint8Array,
      }));
    });
  }
}
