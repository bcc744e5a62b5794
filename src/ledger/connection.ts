/** Opening the database files of the ledger. */
import { closeSync, openSync, statfsSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { LedgerError } from './errors.ts';
import { migrate, SCHEMA_VERSION, schemaVersion } from './schema.ts';

/** How long a lock is waited for: the main thread's rare truncation of the log takes some ms. */
export const LOCK_WAIT_MS = 2_000;
const CHECKPOINT_WAIT_MS = 50;

/** A database file that only its owner may read; SQLite gives its `-wal` and `-shm` the same mode. */
export function openPrivate(path: string, timeout = 0): DatabaseSync {
  try {
    createPrivate(path);
  } catch (cause) {
    throw new LedgerError('PENSTOCK_LEDGER_UNREADABLE', `ledger: ${(cause as Error).message}`, { cause });
  }
  return new DatabaseSync(path, { timeout });
}

/**
 * Make the file unless it is there. One that is there is not even opened: closing any descriptor of a file takes away
 * all fcntl(2) locks that this process has on it, SQLite's too (https://www.sqlite.org/howtocorrupt.html, 2.2).
 */
export function createPrivate(path: string): void {
  try {
    closeSync(openSync(path, 'ax', 0o600));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}

/** Bytes that are free where the file lies, without what is kept for root; 0 when that cannot be told. */
export function roomLeft(path: string): number {
  try {
    const { bavail, bsize } = statfsSync(path);
    return bavail * bsize;
  } catch {
    return 0;
  }
}

/** For the writer: made or brought up to date, its log emptied, and no checkpoint from here on. */
export function openWritable(path: string): DatabaseSync {
  return closeOnFailure(openPrivate(path, LOCK_WAIT_MS), (db) => {
    schemaVersion(db);
    db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;');
    migrate(db);
    db.exec(`PRAGMA wal_checkpoint(TRUNCATE); PRAGMA wal_autocheckpoint = 0; PRAGMA synchronous = NORMAL;`);
  });
}

export function openReadOnly(path: string): DatabaseSync {
  return closeOnFailure(new DatabaseSync(path, { readOnly: true, timeout: LOCK_WAIT_MS }), (db) => {
    if (schemaVersion(db) < SCHEMA_VERSION) {
      throw new LedgerError(
        'PENSTOCK_LEDGER_UNREADABLE',
        'ledger: no writer of this version has opened the file yet',
      );
    }
  });
}

/** For checkpoints only: nothing is written through it, and little is waited for, as the writer waits meanwhile. */
export function openForCheckpoint(path: string): DatabaseSync {
  return closeOnFailure(new DatabaseSync(path, { timeout: CHECKPOINT_WAIT_MS }), (db) => {
    db.exec('PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = 0;');
  });
}

function closeOnFailure(db: DatabaseSync, prepare: (db: DatabaseSync) => void): DatabaseSync {
  try {
    prepare(db);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}
