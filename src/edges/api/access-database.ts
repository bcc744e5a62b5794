/**
 * Who may call and what was already answered: STATE_DIR/access.db, apart from the ledger because tokens can be
 * deleted and answers are forgotten after a day. Only the main thread writes it.
 */
import { closeSync, openSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { AccessDatabaseError } from './errors.ts';

/** AUTOINCREMENT: the id of a deleted token is never given again, so nobody inherits its remembered answers. */
const FIRST = `
  CREATE TABLE token (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL UNIQUE,
    role TEXT NOT NULL CHECK (role IN ('viewer', 'operator', 'approver', 'admin')),
    hash BLOB NOT NULL UNIQUE CHECK (length(hash) = 32),
    created_at_ms INTEGER NOT NULL,
    expires_at_ms INTEGER,
    last_used_at_ms INTEGER
  ) STRICT;
  CREATE TABLE answered (
    token_id INTEGER NOT NULL REFERENCES token (id) ON DELETE CASCADE,
    key TEXT NOT NULL,
    fingerprint BLOB NOT NULL CHECK (length(fingerprint) = 32),
    asked_at_ms INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('running', 'unknown', 'done')),
    status INTEGER,
    body TEXT,
    PRIMARY KEY (token_id, key)
  ) STRICT;
  CREATE INDEX answered_age ON answered (token_id, asked_at_ms);
`;

/** Callers are not only tokens any more. `scopes`: with spaces between; NULL: all that the role may. */
const CALLERS = `
  ALTER TABLE token ADD COLUMN scopes TEXT;
  ALTER TABLE answered RENAME TO answered_1;
  DROP INDEX answered_age;
  CREATE TABLE answered (
    caller TEXT NOT NULL,
    key TEXT NOT NULL,
    fingerprint BLOB NOT NULL CHECK (length(fingerprint) = 32),
    asked_at_ms INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('running', 'unknown', 'done')),
    status INTEGER,
    body TEXT,
    PRIMARY KEY (caller, key)
  ) STRICT;
  CREATE INDEX answered_age ON answered (caller, asked_at_ms);
  INSERT INTO answered SELECT 'token:' || token_id, key, fingerprint, asked_at_ms, state, status, body FROM answered_1;
  DROP TABLE answered_1;
`;

/** Step n brings a file of version n to n + 1. */
const STEPS: readonly string[] = [FIRST, CALLERS];

/**
 * Open or make the database, mode 0600. Every commit is synced: a revoked token must stay revoked after a power cut.
 * @throws AccessDatabaseError
 */
export function openAccessDatabase(path: string): DatabaseSync {
  try {
    closeSync(openSync(path, 'a', 0o600));
    const db = new DatabaseSync(path, { timeout: 1_000 });
    db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;');
    prepareSchema(db);
    return db;
  } catch (cause) {
    throw new AccessDatabaseError(path, cause);
  }
}

function prepareSchema(db: DatabaseSync): void {
  const version = Number(db.prepare('PRAGMA user_version').get()?.user_version);
  if (version === STEPS.length) return;
  if (version > STEPS.length) throw new Error(`its version ${version} is not known to this program`);
  db.exec(`BEGIN; ${STEPS.slice(version).join('')} PRAGMA user_version = ${STEPS.length}; COMMIT;`);
}
