/**
 * STATE_DIR/history.db. For each width of buckets two tables: what hosts sent by verdict, which most questions are
 * about, and the same split by destination and service. Their sums are equal. Numbers 0 of hosts and destinations stand
 * for all those that have no row of their own.
 *
 *   minute_hosts  minute_flows     at: the bucket's number, its start in widths since the epoch
 *   hour_hosts    hour_flows
 *   day_hosts     day_flows
 */
import { closeSync, openSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { guarded, HistoryError } from './errors.ts';
import { STEPS, type Step } from './step.ts';

/** `PNSH`, so that another program's database is told from a history. */
const APPLICATION_ID = 0x504e5348;
const VERSION = 1;
const LOCK_WAIT_MS = 2_000;
/** Of a log that was needed once. */
const LOG_LIMIT_BYTES = 16 * 2 ** 20;

/** Columns that are summed. */
export const SUM_COLUMNS = ['bytes_out', 'bytes_in', 'packets', 'connections', 'denied'] as const;
const SUMS = SUM_COLUMNS.map((name) => `${name} INTEGER NOT NULL`).join(', ');

const hostsOf = (step: Step) => `
  CREATE TABLE ${step}_hosts (
    at INTEGER NOT NULL, host INTEGER NOT NULL, verdict INTEGER NOT NULL, ${SUMS},
    PRIMARY KEY (at, host, verdict)
  ) STRICT, WITHOUT ROWID;`;

const flowsOf = (step: Step) => `
  CREATE TABLE ${step}_flows (
    at INTEGER NOT NULL, host INTEGER NOT NULL, verdict INTEGER NOT NULL,
    destination INTEGER NOT NULL, service INTEGER NOT NULL, ${SUMS},
    PRIMARY KEY (at, host, verdict, destination, service)
  ) STRICT, WITHOUT ROWID;`;

const SCHEMA = `
  CREATE TABLE hosts (id INTEGER PRIMARY KEY, address TEXT NOT NULL UNIQUE, groups TEXT NOT NULL) STRICT;
  CREATE TABLE destinations (id INTEGER PRIMARY KEY, address TEXT NOT NULL UNIQUE, name TEXT) STRICT;
  CREATE INDEX destinations_by_name ON destinations (name) WHERE name IS NOT NULL;
  CREATE TABLE verdicts (
    id INTEGER PRIMARY KEY, kind TEXT NOT NULL, because TEXT NOT NULL, UNIQUE (kind, because)
  ) STRICT;
  ${STEPS.map((step) => hostsOf(step) + flowsOf(step)).join('')}
`;

/**
 * Make or open it. Commits are not synced: after a power cut the last minutes are missing.
 * @throws HistoryError
 */
export function openHistory(path: string): DatabaseSync {
  return guarded(() => {
    // Before SQLite makes it, for all to read.
    closeSync(openSync(path, 'a', 0o600));
    const db = new DatabaseSync(path, { timeout: LOCK_WAIT_MS });
    try {
      prepare(db);
      return db;
    } catch (error) {
      db.close();
      throw error;
    }
  });
}

function prepare(db: DatabaseSync): void {
  const version = pragma(db, 'user_version');
  const isNew = db.prepare('SELECT 1 FROM sqlite_schema LIMIT 1').get() === undefined;
  if (!isNew && (pragma(db, 'application_id') !== APPLICATION_ID || version !== VERSION)) {
    const problem =
      'history: the file is of another program or of another version: move it away to start anew';
    throw new HistoryError('PENSTOCK_HISTORY_UNUSABLE', problem);
  }
  // Before the first table, or it has no effect.
  if (isNew) db.exec('PRAGMA auto_vacuum = INCREMENTAL;');
  db.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA temp_store = MEMORY;
    PRAGMA journal_size_limit = ${LOG_LIMIT_BYTES};`);
  if (!isNew) return;
  db.exec(`BEGIN; ${SCHEMA}
    PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${VERSION}; COMMIT;`);
}

/** The part of the file that is in use, in bytes. */
export function usedBytes(db: DatabaseSync): number {
  return (pragma(db, 'page_count') - pragma(db, 'freelist_count')) * pragma(db, 'page_size');
}

export function fileBytes(db: DatabaseSync): number {
  return pragma(db, 'page_count') * pragma(db, 'page_size');
}

export function pragma(db: DatabaseSync, name: string): number {
  return Number(Object.values(db.prepare(`PRAGMA ${name}`).get() ?? {})[0]);
}
