/**
 * Up to schema version 8 the intent was a row of the ledger's database. What waits there is recorded by the first
 * writer that knows better, and only then the table goes.
 */
import type { DatabaseSync } from 'node:sqlite';
import type { Head } from './chain.ts';
import type { EntryDraft } from './entry.ts';

/** What was meant to follow `head` and does not. */
export function formerIntent(db: DatabaseSync, { seq }: Head): EntryDraft[] {
  const isThere = db.prepare("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'intent'").get();
  if (isThere === undefined) return [];
  const row = db.prepare('SELECT drafts FROM intent WHERE follows = ?').get(seq);
  return row === undefined ? [] : JSON.parse(row.drafts as string);
}

export function dropFormerIntent(db: DatabaseSync): void {
  db.exec('DROP TABLE IF EXISTS intent');
}
