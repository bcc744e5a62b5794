/**
 * How far each sink has got: STATE_DIR/alerts.db, written by the main thread only, so that the ledger's writer never
 * waits for it. Commits are not synced: after a power cut some alerts come twice, which `event.id` tells.
 */
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import type { Head } from '../../ledger/chain.ts';
import { createPrivate } from '../../ledger/connection.ts';
import { AlertError } from './errors.ts';

const SCHEMA_VERSION = 1;
const SCHEMA = `
  BEGIN;
  CREATE TABLE cursors (sink TEXT PRIMARY KEY, seq INTEGER NOT NULL, hash TEXT NOT NULL) STRICT;
  PRAGMA user_version = ${SCHEMA_VERSION};
  COMMIT;
`;

export class CursorStore {
  readonly #db: DatabaseSync;
  readonly #read: StatementSync;
  readonly #write: StatementSync;

  /** @throws AlertError PENSTOCK_ALERT_CURSORS_UNUSABLE */
  constructor(path: string) {
    try {
      this.#db = open(path);
      this.#read = this.#db.prepare('SELECT seq, hash FROM cursors WHERE sink = ?');
      this.#write = this.#db.prepare('INSERT OR REPLACE INTO cursors VALUES (?, ?, ?)');
    } catch (cause) {
      const problem = `${path}: ${(cause as Error).message}; without the file, alerts start with the next one`;
      throw new AlertError('PENSTOCK_ALERT_CURSORS_UNUSABLE', problem, { cause });
    }
  }

  /** The last entry that the sink has dealt with; undefined for a new sink. */
  get(sink: string): Head | undefined {
    return this.#read.get(sink) as Head | undefined;
  }

  set(sink: string, { seq, hash }: Head): void {
    this.#write.run(sink, seq, hash);
  }

  close(): void {
    if (this.#db.isOpen) this.#db.close();
  }
}

function open(path: string): DatabaseSync {
  createPrivate(path);
  const db = new DatabaseSync(path, { timeout: 1_000 });
  try {
    db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;');
    const version = db.prepare('PRAGMA user_version').get()?.user_version;
    if (version === 0) db.exec(SCHEMA);
    else if (version !== SCHEMA_VERSION) throw new Error(`version ${version} is not known to this program`);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}
