/**
 * Tables. `entries` is the record and only grows; the others are indexes over it (projections): they say which entry
 * holds the latest state of a thing, and what to find it by. They can be built again from the entries. There are few
 * indexes because each costs every append a page in the log; their rows are small, and a million scan in a moment.
 *
 *   incidents.seq    ---+
 *   decisions.seq    ---+
 *   suppressions.seq ---+--> entries.seq
 *   revisions.seq    ---+
 *   policies.seq     ---+
 */
import type { DatabaseSync } from 'node:sqlite';
import { standingRow } from '../decision/standing-row.ts';
import { LedgerError } from './errors.ts';

/** `PNST`, so that another program's database is told from a ledger. */
const APPLICATION_ID = 0x504e5354;

const RECORD = `
  CREATE TABLE entries (
    seq INTEGER PRIMARY KEY,
    at_ms REAL NOT NULL,
    type TEXT NOT NULL,
    actor TEXT NOT NULL,
    subject TEXT,
    body TEXT NOT NULL,
    previous_hash TEXT NOT NULL,
    hash TEXT NOT NULL
  ) STRICT;
  CREATE INDEX entries_by_subject ON entries (subject) WHERE subject IS NOT NULL;

  CREATE TRIGGER entries_never_change BEFORE UPDATE ON entries
    BEGIN SELECT RAISE(ABORT, 'entries are never changed'); END;
  CREATE TRIGGER entries_never_go BEFORE DELETE ON entries
    BEGIN SELECT RAISE(ABORT, 'entries are never deleted'); END;
  CREATE TRIGGER entries_follow_the_head BEFORE INSERT ON entries
    WHEN NEW.seq IS NOT (SELECT coalesce(max(seq), 0) + 1 FROM entries)
    BEGIN SELECT RAISE(ABORT, 'entries are only added after the last'); END;
`;

const PROJECTIONS = `
  CREATE TABLE incidents (
    number INTEGER PRIMARY KEY,
    state TEXT NOT NULL,
    host TEXT NOT NULL,
    seq INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX incidents_by_state ON incidents (state);

  CREATE TABLE decisions (
    number INTEGER PRIMARY KEY,
    state TEXT NOT NULL,
    incident TEXT,
    proposed_seq INTEGER NOT NULL,
    seq INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX decisions_by_state ON decisions (state);

  CREATE TABLE revisions (number INTEGER PRIMARY KEY, seq INTEGER NOT NULL) STRICT;
  CREATE TABLE policies (digest TEXT PRIMARY KEY, seq INTEGER NOT NULL) STRICT;
`;

const SUPPRESSIONS = `
  CREATE TABLE suppressions (
    number INTEGER PRIMARY KEY,
    state TEXT NOT NULL,
    seq INTEGER NOT NULL
  ) STRICT;
`;

/** No part of the record: see profile-shelf.ts. */
const PROFILES = `
  CREATE TABLE host_profiles (
    host TEXT PRIMARY KEY,
    version INTEGER NOT NULL,
    saved_at_ms REAL NOT NULL,
    body BLOB NOT NULL
  ) STRICT;
  CREATE TABLE learnt (name TEXT PRIMARY KEY, body BLOB NOT NULL) STRICT;
`;

/** No part of the record: see name-shelf.ts. */
const NAMES = `
  CREATE TABLE names (
    name TEXT NOT NULL,
    address TEXT NOT NULL,
    until_ms REAL NOT NULL,
    PRIMARY KEY (name, address)
  ) STRICT, WITHOUT ROWID;
`;

/** Files of versions 5 to 8 have a table `intent`, no part of the record. The writer drops it: see former-intent.ts. */
const FORMER_INTENT = '';
const NO_INTENT = '';
/** From version 10 on the file of an intent may hold slots, which an older Penstock would not understand: block-slots.ts. */
const INTENT_IN_SLOTS = '';

/** No part of the record: see rule-shelf.ts. */
const RULE_USES = `
  CREATE TABLE rule_uses (
    key TEXT PRIMARY KEY,
    hits REAL NOT NULL,
    last_hit_ms REAL,
    since_ms REAL NOT NULL,
    counted REAL NOT NULL,
    saved_at_ms REAL NOT NULL
  ) STRICT, WITHOUT ROWID;
`;

/**
 * What holds for the types of entries that are not written with each block: a start finds the few it asks for among
 * millions without reading those. A question finds the index when it has this condition word for word
 * (https://www.sqlite.org/partialindex.html).
 */
export const OFTEN = ['decision', 'enforcement', 'incident', 'revision'] as const;
export const SELDOM = `substr(type, 1, instr(type, '.') - 1) NOT IN (${OFTEN.map((group) => `'${group}'`).join(', ')})`;

/** Decisions whose outcome is open are few, and looked for at each start. */
export const UNSETTLED = "enforcement = 'pending'";

/** A damaged entry keeps no gateway from starting: `verify` tells of it. */
const START = `
  CREATE INDEX entries_by_seldom_type ON entries (type) WHERE ${SELDOM};
  ALTER TABLE decisions ADD COLUMN enforcement TEXT NOT NULL DEFAULT 'none';
  UPDATE decisions SET enforcement = coalesce(
    (SELECT iif(json_valid(body), body ->> '$.decision.enforcement.status', NULL)
     FROM entries WHERE entries.seq = decisions.seq), 'none');
  CREATE INDEX decisions_unsettled ON decisions (number) WHERE ${UNSETTLED};
`;

/** What stands is read at each start, as it is without its text: see decision/standing-row.ts. */
const STANDING = `
  ALTER TABLE decisions ADD COLUMN standing BLOB;
  UPDATE decisions SET standing = standing_row(
    (SELECT body FROM entries WHERE entries.seq = decisions.seq)) WHERE state IN ('provisional', 'active');
`;

/** Step n brings a file of version n to n + 1. */
const STEPS: readonly string[] = [
  RECORD + PROJECTIONS,
  SUPPRESSIONS,
  PROFILES,
  NAMES,
  FORMER_INTENT,
  RULE_USES,
  START,
  STANDING,
  NO_INTENT,
  INTENT_IN_SLOTS,
];
export const SCHEMA_VERSION = STEPS.length;

/** The projections with the columns that `verify` compares. */
export const PROJECTION_TABLES = ['incidents', 'decisions', 'suppressions', 'revisions', 'policies'] as const;

/** @throws LedgerError PENSTOCK_LEDGER_FOREIGN or PENSTOCK_LEDGER_NEWER; an empty file is version 0 */
export function schemaVersion(db: DatabaseSync): number {
  const version = pragma(db, 'user_version');
  const application = pragma(db, 'application_id');
  const used = db.prepare('SELECT 1 FROM sqlite_schema LIMIT 1').get() !== undefined;
  if (used && application !== APPLICATION_ID) {
    throw new LedgerError('PENSTOCK_LEDGER_FOREIGN', 'ledger: the file is the database of another program');
  }
  if (version > SCHEMA_VERSION) {
    throw new LedgerError(
      'PENSTOCK_LEDGER_NEWER',
      `ledger: the file has schema version ${version} and this Penstock knows up to ${SCHEMA_VERSION}: use a newer one`,
    );
  }
  return version;
}

/** Bring the file up to date, all or nothing. */
export function migrate(db: DatabaseSync): void {
  const version = schemaVersion(db);
  if (version === SCHEMA_VERSION) return;
  db.function('standing_row', { deterministic: true }, (body) => standingRowIn(body as string));
  db.exec(`BEGIN IMMEDIATE;
    ${STEPS.slice(version).join('')}
    PRAGMA application_id = ${APPLICATION_ID};
    PRAGMA user_version = ${SCHEMA_VERSION};
    COMMIT;`);
}

/** What is damaged has none, and is found when the whole of it is read. */
function standingRowIn(body: string): Uint8Array | null {
  try {
    return standingRow(JSON.parse(body).decision);
  } catch {
    return null;
  }
}

function pragma(db: DatabaseSync, name: string): number {
  return db.prepare(`PRAGMA ${name}`).get()?.[name] as number;
}
