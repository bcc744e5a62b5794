/**
 * What is about to be done, in one small write, so that the kernel need not wait for the entries:
 *
 *   put ---> the kernel is changed ---> the entries are appended         the intent is over: the ledger has grown past it
 *     \
 *      +--- the process dies ---------> open: it waits, and is appended
 *
 * It lies in the ledger's database but is no part of the record. There is one at a time.
 */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Head } from './chain.ts';
import type { EntryDraft } from './entry.ts';

export class Intent {
  readonly #db: DatabaseSync;
  readonly #put: StatementSync;

  constructor(db: DatabaseSync) {
    this.#db = db;
    this.#put = db.prepare('UPDATE intent SET follows = ?, drafts = ?');
  }

  /** One statement is a transaction. */
  put({ seq }: Head, drafts: readonly EntryDraft[]): void {
    this.#put.run(seq, JSON.stringify(drafts));
  }

  /** What was meant to follow `head` and does not. */
  waiting({ seq }: Head): EntryDraft[] {
    const row = this.#db.prepare('SELECT drafts FROM intent WHERE follows = ?').get(seq);
    return row === undefined ? [] : JSON.parse(row.drafts as string);
  }
}
