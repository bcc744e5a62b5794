import { closeSync, openSync, writeSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, test, vi } from 'vitest';
import { type EntryRow, entryHash, type Head } from '../../../src/ledger/chain.ts';
import { Ledger } from '../../../src/ledger/ledger.ts';
import { verify } from '../../../src/ledger/verification.ts';
import { freshPath, openLedger } from './files.ts';
import { decision, opened, proposed, revision, suppressed, suppression } from './samples.ts';

vi.setConfig({ testTimeout: 30_000 });

/** A closed ledger of 7 entries. */
function sample(): { path: string; head: Head } {
  const path = freshPath();
  const ledger = Ledger.open(path);
  ledger.append([opened(1), proposed(1), proposed(2)], { sync: false });
  ledger.append(
    [
      { type: 'decision.approved', actor: 'duty', body: { decision: decision(1) } },
      revision(1),
      suppressed(1),
      {
        type: 'suppression.expired',
        actor: 'penstock',
        body: { suppression: suppression(1, { state: 'expired' }), reason: '' },
      },
    ],
    {
      sync: true,
    },
  );
  ledger.close();
  return { path, head: ledger.head };
}

/** Change the file as somebody with the right to write it can: triggers are taken out and put back. */
function tamper(path: string, sql: string): void {
  const db = new DatabaseSync(path);
  const triggers = db.prepare("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'").all();
  for (const { name } of triggers) db.exec(`DROP TRIGGER ${name}`);
  db.exec(sql);
  for (const { sql } of triggers) db.exec(sql as string);
  db.close();
}

test('a sound ledger is sound up to its head', () => {
  const { path, head } = sample();
  expect(verify(path)).toEqual({ sound: true, head });
});

test('an empty ledger is sound', () => {
  const path = freshPath();
  openLedger(path);
  expect(verify(path)).toMatchObject({ sound: true, head: { seq: 0 } });
});

describe('tampering is found at the first entry it touches', () => {
  test.each([
    ['another actor', "UPDATE entries SET actor = 'printer' WHERE seq = 4", 4, /its content gives/],
    ['another time', 'UPDATE entries SET at_ms = at_ms + 1 WHERE seq = 2', 2, /its content gives/],
    [
      'another body',
      "UPDATE entries SET body = replace(body, 'high', 'low') WHERE seq = 1",
      1,
      /its content gives/,
    ],
    ['no subject', 'UPDATE entries SET subject = NULL WHERE seq = 3', 3, /its content gives/],
    ['another hash', "UPDATE entries SET hash = 'ff' WHERE seq = 3", 3, /its content gives/],
    ['an entry gone', 'DELETE FROM entries WHERE seq = 2', 2, /missing/],
    ['the first gone', 'DELETE FROM entries WHERE seq = 1', 1, /missing/],
    [
      'two swapped',
      'UPDATE entries SET seq = -seq WHERE seq > 5; UPDATE entries SET seq = 13 + seq WHERE seq < 0',
      6,
      /follows hash/,
    ],
    ['an incident less', 'DELETE FROM incidents', null, /table incidents/],
    ['another state', "UPDATE decisions SET state = 'revoked' WHERE number = 2", null, /table decisions/],
    [
      'a suppression that stands again',
      "UPDATE suppressions SET state = 'active' WHERE number = 1",
      null,
      /table suppressions/,
    ],
    ['a revision more', 'INSERT INTO revisions VALUES (9, 1)', null, /table revisions/],
    ['another policy', "INSERT INTO policies VALUES ('p', 1)", null, /table policies/],
    ['an index gone', 'DROP INDEX entries_by_subject', null, /index entries_by_subject/],
  ])('%s', (_, sql, seq, problem) => {
    const { path } = sample();
    tamper(path, sql);
    expect(verify(path)).toEqual({ sound: false, seq, problem: expect.stringMatching(problem) });
  });

  test('a trigger left out', () => {
    const { path } = sample();
    const db = new DatabaseSync(path);
    db.exec('DROP TRIGGER entries_never_go');
    db.close();
    expect(verify(path)).toMatchObject({
      sound: false,
      seq: null,
      problem: expect.stringMatching(/never_go/),
    });
  });
});

test('a changed entry with its hash made right breaks the next one', () => {
  const { path } = sample();
  const db = new DatabaseSync(path);
  const row = {
    ...db.prepare('SELECT * FROM entries WHERE seq = 2').get(),
    actor: 'printer',
  } as unknown as EntryRow;
  db.close();
  tamper(path, `UPDATE entries SET actor = 'printer', hash = '${entryHash(row)}' WHERE seq = 2`);
  expect(verify(path)).toMatchObject({
    sound: false,
    seq: 3,
    problem: expect.stringMatching(/follows hash/),
  });
});

test('a cut end is noticed with an anchor, and only with one', () => {
  const { path, head } = sample();
  tamper(path, "DELETE FROM entries WHERE seq = 7; UPDATE suppressions SET state = 'active', seq = 6");
  expect(verify(path)).toMatchObject({ sound: true, head: { seq: 6 } });
  expect(verify(path, head)).toMatchObject({
    sound: false,
    seq: 7,
    problem: expect.stringMatching(/missing/),
  });
});

test('a ledger written anew from an entry on is noticed with an anchor', () => {
  const { head } = sample();
  const other = freshPath();
  openLedger(other).append(
    [1, 2, 3, 4, 5, 6, 7, 8].map((n) => opened(n)),
    { sync: false },
  );
  expect(verify(other).sound).toBe(true);
  expect(verify(other, head)).toMatchObject({
    sound: false,
    seq: 7,
    problem: expect.stringMatching(/anchor/),
  });
});

test('a writer that makes a sound chain of senseless entries is found', () => {
  const path = freshPath();
  const ledger = openLedger(path);
  const row = {
    seq: 1,
    at_ms: 0,
    type: 'incident.opened',
    actor: '',
    subject: null,
    body: '{"incident":null}',
    previous_hash: ledger.head.hash,
  };
  const db = new DatabaseSync(path);
  db.prepare('INSERT INTO entries VALUES (?, ?, ?, ?, ?, ?, ?, ?)').run(
    ...Object.values(row),
    entryHash(row),
  );
  db.close();
  expect(verify(path)).toMatchObject({
    sound: false,
    seq: 1,
    problem: expect.stringMatching(/makes no sense/),
  });
});

test('projections that went wrong are mended by rebuild', () => {
  const { path, head } = sample();
  tamper(path, "DELETE FROM incidents; DELETE FROM suppressions; UPDATE decisions SET state = 'x'");
  openLedger(path).rebuild();
  expect(verify(path)).toEqual({ sound: true, head });
});

test('a ledger in use, longer than a chunk, is verified and stays writable', () => {
  const path = freshPath();
  const ledger = openLedger(path);
  ledger.append(
    Array.from({ length: 2_500 }, (_, n) => opened(n + 1)),
    { sync: false },
  );
  expect(verify(path)).toEqual({ sound: true, head: ledger.head });
  expect(ledger.append([opened(2_501)], { sync: false })[0].seq).toBe(2_501);
});

test('a page overwritten with rubbish is found', () => {
  const { path } = sample();
  const db = new DatabaseSync(path);
  const page = db.prepare("SELECT rootpage FROM sqlite_schema WHERE name = 'entries'").get()
    ?.rootpage as number;
  db.close();
  const fd = openSync(path, 'r+');
  writeSync(fd, Buffer.alloc(4096, 0xa5), 0, 4096, (page - 1) * 4096);
  closeSync(fd);
  expect(verify(path)).toMatchObject({ sound: false, seq: null });
});
