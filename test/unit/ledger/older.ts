/** A ledger as version 0.1.0 left it: schema version 1, and entries in the words of that time. */
import { DatabaseSync } from 'node:sqlite';
import { type EntryRow, entryHash, GENESIS, type Head } from '../../../src/ledger/chain.ts';
import { freshPath } from './files.ts';

const VERSION_1 = `
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

  PRAGMA application_id = ${0x504e5354};
  PRAGMA user_version = 1;
`;

export const OLDER_BODY =
  '{"incident":{"id":"I1","host":"10.1.0.10","groups":["web"],"cause":"denyList","source":"known-c2","destination":"198.51.100.66","translated":null,"services":[{"protocol":6,"port":443}],"severity":"high","count":1,"firstSeenMs":1000,"lastSeenMs":1000,"state":"open","reasons":["198.51.100.66 is on deny list known-c2"]}}';

/** With one entry: incident I1 has opened. */
export function olderLedger(): { path: string; head: Head } {
  const path = freshPath();
  const row: Omit<EntryRow, 'hash'> = {
    seq: 1,
    at_ms: 1_000,
    type: 'incident.opened',
    actor: 'penstock',
    subject: 'I1',
    body: OLDER_BODY,
    previous_hash: GENESIS.hash,
  };
  const hash = entryHash(row);
  const db = new DatabaseSync(path);
  db.exec(VERSION_1);
  db.prepare('INSERT INTO entries VALUES (?, ?, ?, ?, ?, ?, ?, ?)').run(...Object.values(row), hash);
  db.exec("INSERT INTO incidents VALUES (1, 'open', '10.1.0.10', 1)");
  db.close();
  return { path, head: { seq: 1, hash } };
}
