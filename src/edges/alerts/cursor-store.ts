/**
 * How far each sink has got: STATE_DIR/alerts.db, written by the main thread only, so that the ledger's writer never
 * waits for it. Commits are not synced: after a power cut some alerts come twice, which `event.id` tells.
 */
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import type { Head } from '../../ledger/chain.ts';
import { createPrivate } from '../../ledger/connection.ts';
import { AlertError } from './errors.ts';

/** One step a version; an older file gets those that it lacks. */
const STEPS: readonly string[] = [
  'CREATE TABLE cursors (sink TEXT PRIMARY KEY, seq INTEGER NOT NULL, hash TEXT NOT NULL) STRICT',
  'ALTER TABLE cursors ADD COLUMN absent_since_ms INTEGER',
];
/** A sink that is in the configuration again after less than this goes on where it was; later, it is a new one. */
const ABSENT_KEPT_MS = 7 * 86_400_000;

export class CursorStore {
  readonly #db: DatabaseSync;
  readonly #read: StatementSync;
  readonly #write: StatementSync;

  /** @throws AlertError PENSTOCK_ALERT_CURSORS_UNUSABLE */
  constructor(path: string) {
    try {
      this.#db = open(path);
      this.#read = this.#db.prepare('SELECT seq, hash FROM cursors WHERE sink = ?');
      this.#write = this.#db.prepare('INSERT OR REPLACE INTO cursors (sink, seq, hash) VALUES (?, ?, ?)');
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

  /** These are the sinks from here on: others are forgotten, unless they come back soon. */
  keepOnly(sinks: readonly string[], nowMs: number): void {
    const names = JSON.stringify(sinks);
    const others = 'sink NOT IN (SELECT value FROM json_each(?))';
    const gone = this.#db.prepare(`DELETE FROM cursors WHERE absent_since_ms < ?`);
    const missed = this.#db.prepare(
      `UPDATE cursors SET absent_since_ms = ? WHERE absent_since_ms IS NULL AND ${others}`,
    );
    gone.run(nowMs - ABSENT_KEPT_MS);
    missed.run(nowMs, names);
    this.#db.prepare(`UPDATE cursors SET absent_since_ms = NULL WHERE NOT (${others})`).run(names);
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
    migrate(db);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

function migrate(db: DatabaseSync): void {
  const version = Number(db.prepare('PRAGMA user_version').get()?.user_version);
  if (version > STEPS.length) throw new Error(`version ${version} is not known to this program`);
  if (version === STEPS.length) return;
  const steps = STEPS.slice(version).join('; ');
  db.exec(`BEGIN; ${steps}; PRAGMA user_version = ${STEPS.length}; COMMIT;`);
}
