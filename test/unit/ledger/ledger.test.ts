import { spawnSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test, vi } from 'vitest';
import { GENESIS } from '../../../src/ledger/chain.ts';
import type { EntryDraft } from '../../../src/ledger/entry.ts';
import { Ledger } from '../../../src/ledger/ledger.ts';
import { verify } from '../../../src/ledger/verification.ts';
import { freshPath, openLedger, openReader } from './files.ts';
import {
  decision,
  incident,
  opened,
  proposed,
  revision,
  stored,
  suppressed,
  suppression,
} from './samples.ts';

vi.setConfig({ testTimeout: 30_000 });

function code(expected: string) {
  return expect.objectContaining({ name: 'LedgerError', code: expected });
}

/** The file as another program would open it. */
function rawConnection(path: string): DatabaseSync {
  const db = new DatabaseSync(path, { timeout: 0 });
  onTestFinished(() => db.close());
  return db;
}

test('entries are numbered from 1, each following the hash before', () => {
  const ledger = openLedger();
  expect(ledger.head).toEqual(GENESIS);
  const entries = ledger.append([opened(1), proposed(1), revision(1)], { sync: false });
  expect(entries.map(({ seq, subject }) => [seq, subject])).toEqual([
    [1, 'I1'],
    [2, 'D1'],
    [3, '1'],
  ]);
  expect(entries.map((entry) => entry.previousHash)).toEqual([
    GENESIS.hash,
    entries[0].hash,
    entries[1].hash,
  ]);
  expect(ledger.head).toEqual({ seq: 3, hash: entries[2].hash });
});

test.each<[EntryDraft, string | null]>([
  [{ type: 'daemon.stopped', actor: 'penstock', body: { reason: 'SIGTERM' } }, null],
  [{ type: 'incident.closed', actor: 'duty', body: { incident: incident(3), reason: 'seen' } }, 'I3'],
  [{ type: 'suppression.revoked', actor: 'duty', body: { suppression: suppression(6), reason: '' } }, 'S6'],
  [{ type: 'enforcement.lifted', actor: 'penstock', body: { decision: decision(4) } }, 'D4'],
  [
    {
      type: 'decision.vetoed',
      actor: 'penstock',
      body: { decision: decision(4), guardrail: 'rate', reason: '' },
    },
    'I4',
  ],
  [
    {
      type: 'rollback.done',
      actor: 'duty',
      body: {
        revision: 5,
        restoredFrom: 3,
        policyChanged: false,
        lifted: [],
        reinstated: [],
        expired: [],
        protected: [],
      },
    },
    '5',
  ],
  [{ type: 'token.revoked', actor: 'duty', body: { name: 'ci' } }, 'ci'],
  [{ type: 'alert.failed', actor: 'penstock', body: { sink: 'webhook', seq: 9, error: '400' } }, 'webhook'],
])('the subject of $type is found', (draft, subject) => {
  expect(openLedger().append([draft], { sync: false })[0].subject).toBe(subject);
});

test('what is read is what was appended, whatever the text', () => {
  const path = freshPath();
  const ledger = openLedger(path);
  const hostile = 'a\0b"\\\n\u2028\u{1f600}\ud800';
  const [written] = ledger.append([{ ...proposed(1, { reason: hostile }), actor: hostile }], { sync: false });
  expect(written.actor).toBe(hostile.toWellFormed());
  expect(openReader(path).entry(1)).toEqual(written);
  expect(verify(path)).toEqual({ sound: true, head: ledger.head });
});

test('a time is kept to its fraction, and is now when left out', () => {
  const ledger = openLedger();
  const before = Date.now();
  const [given, now] = ledger.append([{ ...opened(1), atMs: 1.125 }, opened(2)], { sync: false });
  expect(given.atMs).toBe(1.125);
  expect(now.atMs).toBeGreaterThanOrEqual(before);
  expect(ledger.queries.entry(1)?.atMs).toBe(1.125);
});

test.each([
  ['an id of another kind', opened(1, { id: 'D1' })],
  ['an id with a leading zero', proposed(1, { id: 'D01' })],
  ['a suppression with the id of an incident', suppressed(1, { id: 'I1' })],
  ['a revision number used before', revision(1)],
])('%s is refused, and with it all that came in the same call', (_, bad) => {
  const ledger = openLedger();
  ledger.append([revision(1)], { sync: true });
  const { head } = ledger;
  expect(() => ledger.append([proposed(1), bad], { sync: true })).toThrow(
    code('PENSTOCK_LEDGER_ENTRY_INVALID'),
  );
  expect(ledger.head).toEqual(head);
  expect(ledger.queries.head()).toEqual(head);
  expect(ledger.queries.decision('D1')).toBeUndefined();
  expect(ledger.append([proposed(1)], { sync: false })[0].seq).toBe(2);
});

test('a reader sees an append as soon as it has returned', () => {
  const path = freshPath();
  const ledger = openLedger(path);
  const reader = openReader(path);
  for (const sync of [false, true]) {
    const [entry] = ledger.append([opened(1)], { sync });
    expect(reader.head()).toEqual({ seq: entry.seq, hash: entry.hash });
  }
});

test.each([
  'UPDATE entries SET actor = 1',
  'DELETE FROM entries',
  "INSERT OR REPLACE INTO entries SELECT seq, at_ms, type, 'x', subject, body, previous_hash, hash FROM entries",
  'INSERT INTO entries SELECT seq + 2, at_ms, type, actor, subject, body, previous_hash, hash FROM entries',
])('the file itself refuses %s', (sql) => {
  const path = freshPath();
  openLedger(path).append([opened(1)], { sync: false });
  expect(() => rawConnection(path).exec(sql)).toThrow(/entries are/);
  expect(verify(path).sound).toBe(true);
});

test('a second writer is refused, also in the same process, until the first has closed', () => {
  const path = freshPath();
  const first = Ledger.open(path);
  expect(() => Ledger.open(path)).toThrow(code('PENSTOCK_LEDGER_BUSY'));
  first.append([opened(1)], { sync: false });
  first.close();
  expect(openLedger(path).head.seq).toBe(1);
});

test('a second try in the same process does not open the door to another process', () => {
  const path = freshPath();
  openLedger(path);
  expect(() => Ledger.open(path)).toThrow(code('PENSTOCK_LEDGER_BUSY'));
  const appender = fileURLToPath(new URL('./appender.ts', import.meta.url));
  const child = spawnSync(process.execPath, [appender, path], { encoding: 'utf8', timeout: 20_000 });
  expect(child.stdout).toBe('');
  expect(child.stderr).toContain('PENSTOCK_LEDGER_BUSY');
});

test('an entry added by another hand is noticed before anything follows it', () => {
  const path = freshPath();
  const ledger = openLedger(path);
  ledger.append([opened(1)], { sync: false });
  rawConnection(path).exec("INSERT INTO entries VALUES (2, 0, 'x', 'x', NULL, '{}', '', '')");
  expect(() => ledger.append([opened(2)], { sync: false })).toThrow(code('PENSTOCK_LEDGER_CONFLICT'));
  expect(ledger.queries.incident('I2')).toBeUndefined();
});

test('while another program holds the file, an append fails whole; after that it works', () => {
  const path = freshPath();
  const ledger = openLedger(path);
  const other = rawConnection(path);
  other.exec('BEGIN IMMEDIATE');
  expect(() => ledger.append([opened(1)], { sync: true })).toThrow(code('PENSTOCK_LEDGER_BUSY'));
  other.exec('ROLLBACK');
  expect(ledger.append([opened(1)], { sync: true })[0].seq).toBe(1);
});

test('only the owner may read the files', () => {
  const path = freshPath();
  openLedger(path).append([opened(1)], { sync: false });
  for (const name of ['', '-wal', '-shm', '.writer']) expect(statSync(path + name).mode & 0o777).toBe(0o600);
});

test('checkpoints of the reader let the log start again', () => {
  const path = freshPath();
  const ledger = openLedger(path);
  const reader = openReader(path);
  const text = 'x'.repeat(2 ** 20);
  const sizes = Array.from({ length: 4 }, (_, round) => {
    for (let n = 1; n <= 10; n++) ledger.append([stored(`p${round}-${n}`, text)], { sync: false });
    reader.checkpoint();
    return statSync(`${path}-wal`).size;
  });
  expect(Math.max(...sizes)).toBeLessThan(sizes[0] * 1.5);
  expect(verify(path)).toEqual({ sound: true, head: ledger.head });
});

test('a log that a long read kept from starting again is cut when that read is over', () => {
  const path = freshPath();
  const ledger = openLedger(path);
  const reader = openReader(path);
  const other = rawConnection(path);
  other.exec('BEGIN');
  other.prepare('SELECT count(*) FROM entries').get();
  const text = 'x'.repeat(2 ** 20);
  for (let n = 1; n <= 70; n++) ledger.append([stored(`p${n}`, text)], { sync: false });
  reader.checkpoint();
  expect(statSync(`${path}-wal`).size).toBeGreaterThan(2 ** 26);
  expect(ledger.append([opened(1)], { sync: false })[0].seq).toBe(71);
  other.exec('COMMIT');
  reader.checkpoint();
  expect(statSync(`${path}-wal`).size).toBe(0);
  expect(ledger.append([opened(2)], { sync: false })[0].seq).toBe(72);
  expect(reader.policySources('p1')?.files[0].text).toBe(text);
});
