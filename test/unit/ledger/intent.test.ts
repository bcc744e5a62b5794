import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import type { EntryDraft } from '../../../src/ledger/entry.ts';
import { Ledger } from '../../../src/ledger/ledger.ts';
import { verify } from '../../../src/ledger/verification.ts';
import { freshPath, openLedger, openReader } from './files.ts';
import { opened, proposed, revision } from './samples.ts';

const LATER = { sync: false };
const FULL_DISK = fileURLToPath(new URL('./full-disk.ts', import.meta.url));
const FIRST = opened(9);

/** What is intended follows something. */
function openBegun(path?: string): Ledger {
  const ledger = openLedger(path);
  ledger.append([FIRST], LATER);
  return ledger;
}

function begin(path: string): void {
  const ledger = Ledger.open(path);
  ledger.append([FIRST], LATER);
  ledger.close();
}

/** The writer of `path` dies while its last intent waits. */
function abandon(path: string, drafts: readonly EntryDraft[]): void {
  const ledger = Ledger.open(path);
  ledger.append([FIRST], LATER);
  expect(ledger.intend(drafts)).toBe(true);
  ledger.close();
}

function subjects(ledger: Ledger): (string | null)[] {
  return ledger.queries.entries({ limit: 10 }).map(({ subject }) => subject);
}

test('what was intended is recorded before what is appended next, in one go', () => {
  const path = freshPath();
  const ledger = openLedger(path);
  ledger.append([opened(1)], LATER);
  ledger.intend([proposed(1), revision(1)]);
  expect(openReader(path).head().seq).toBe(1);
  const entries = ledger.append([opened(2)], LATER);
  expect(entries.map(({ seq, subject }) => [seq, subject])).toEqual([
    [2, 'D1'],
    [3, '1'],
    [4, 'I2'],
  ]);
  expect(ledger.append([], LATER)).toEqual([]);
  expect(verify(path)).toEqual({ sound: true, head: ledger.head });
});

test('a writer that dies leaves it to the next, once and with its own time', () => {
  const path = freshPath();
  const first = Ledger.open(path);
  first.append([opened(1)], LATER);
  first.intend([{ ...proposed(1), atMs: 1.125 }]);
  first.close();
  for (let start = 0; start < 2; start++) {
    const next = Ledger.open(path);
    expect(next.queries.entries({ limit: 10 })).toMatchObject([
      { subject: 'I1' },
      { subject: 'D1', atMs: 1.125 },
    ]);
    next.close();
  }
  expect(verify(path).sound).toBe(true);
});

test('one that was carried out is not carried out again', () => {
  const path = freshPath();
  const first = Ledger.open(path);
  first.append([FIRST], LATER);
  first.intend([proposed(1)]);
  first.append([opened(1)], LATER);
  first.close();
  expect(openLedger(path).head.seq).toBe(3);
});

test('there is one at a time: another has to be appended, after what the one before owes', () => {
  const ledger = openBegun();
  expect(ledger.intend([proposed(1)])).toBe(true);
  expect(ledger.intend([proposed(2)])).toBe(false);
  expect(ledger.append([proposed(2)], LATER).map(({ subject }) => subject)).toEqual(['D1', 'D2']);
  expect(ledger.intend([proposed(3)])).toBe(true);
});

test('what was done and could not be appended follows what was intended', () => {
  const path = freshPath();
  const ledger = openBegun(path);
  ledger.intend([proposed(1)]);
  ledger.owe([opened(1)]);
  expect(ledger.append([opened(2)], LATER).map(({ subject }) => subject)).toEqual(['D1', 'I1', 'I2']);
  expect(verify(path)).toEqual({ sound: true, head: ledger.head });
});

test('without an entry that it follows, or too long for its file, it has to be appended', () => {
  const ledger = openLedger();
  expect(ledger.intend([proposed(1)])).toBe(false);
  ledger.append([FIRST], LATER);
  const long = proposed(1, { reason: 'r'.repeat(70_000) });
  expect(ledger.intend([long])).toBe(false);
  expect(ledger.owes).toBe(false);
  expect(ledger.append([long], LATER)).toHaveLength(1);
  expect(ledger.intend([proposed(2)])).toBe(true);
});

test('it needs no lock, but there is none after it before it is recorded', () => {
  const path = freshPath();
  const ledger = Ledger.open(path);
  ledger.append([FIRST], LATER);
  const locker = new DatabaseSync(path);
  locker.exec('BEGIN IMMEDIATE');
  expect(ledger.intend([proposed(1)])).toBe(true);
  expect(() => ledger.append([], LATER)).toThrow(expect.objectContaining({ code: 'PENSTOCK_LEDGER_BUSY' }));
  expect(ledger.intend([proposed(2)])).toBe(false);
  ledger.close();
  locker.close();
  expect(subjects(openLedger(path))).toEqual(['I9', 'D1']);
});

test('whether it could be recorded is found out without a write', () => {
  const path = freshPath();
  const ledger = openBegun(path);
  const { size } = statSync(`${path}-wal`);
  ledger.look();
  expect(statSync(`${path}-wal`).size).toBe(size);
  const locker = new DatabaseSync(path);
  locker.exec('BEGIN IMMEDIATE');
  expect(() => ledger.look()).toThrow(expect.objectContaining({ code: 'PENSTOCK_LEDGER_BUSY' }));
  locker.close();
  ledger.look();
});

test('after the close nothing is taken, and the memory is not touched', () => {
  const path = freshPath();
  abandon(path, [proposed(1)]);
  const ledger = Ledger.open(path);
  ledger.close();
  const before = readFileSync(`${path}.intent`);
  expect(ledger.intend([proposed(2)])).toBe(false);
  expect(readFileSync(`${path}.intent`)).toEqual(before);
});

describe('the file of an intent is taken only by its own ledger, in the state that it follows', () => {
  test('not by another ledger', () => {
    const [path, other] = [freshPath(), freshPath()];
    abandon(path, [proposed(1)]);
    const ledger = Ledger.open(other);
    ledger.append([{ ...FIRST, atMs: 5 }], LATER);
    ledger.close();
    copyFileSync(`${path}.intent`, `${other}.intent`);
    expect(subjects(openLedger(other))).toEqual(['I9']);
  });

  test('not by a new one in its place', () => {
    const path = freshPath();
    abandon(path, [proposed(1)]);
    for (const end of ['', '-wal', '-shm']) rmSync(`${path}${end}`, { force: true });
    expect(subjects(openLedger(path))).toEqual([]);
  });

  test('not by one that has gone on, nor by an older copy of it', () => {
    const path = freshPath();
    abandon(path, [proposed(1)]);
    const waiting = readFileSync(`${path}.intent`);
    copyFileSync(path, `${path}.older`);
    Ledger.open(path).close();
    writeFileSync(`${path}.intent`, waiting);
    const ledger = Ledger.open(path);
    expect(subjects(ledger)).toEqual(['I9', 'D1']);
    ledger.intend([proposed(2)]);
    ledger.close();
    copyFileSync(`${path}.intent`, `${path}.older.intent`);
    expect(subjects(openLedger(`${path}.older`))).toEqual(['I9']);
  });

  test('but by a copy of both', () => {
    const [path, copy] = [freshPath(), freshPath()];
    abandon(path, [proposed(1)]);
    copyFileSync(path, copy);
    copyFileSync(`${path}.intent`, `${copy}.intent`);
    expect(subjects(openLedger(copy))).toEqual(['I9', 'D1']);
  });
});

describe('its file', () => {
  test('is there with all of its room from the beginning, for its owner alone', () => {
    const path = freshPath();
    openLedger(path);
    const { size, blocks, mode } = statSync(`${path}.intent`);
    expect([size, mode & 0o777]).toEqual([65_536, 0o600]);
    expect(blocks * 512).toBeGreaterThanOrEqual(size);
  });

  test('is not made where there is no room for all of it', { timeout: 30_000 }, () => {
    const path = freshPath();
    begin(path);
    rmSync(`${path}.intent`);
    // In units of 512 bytes.
    const limited = `trap '' XFSZ; ulimit -S -f 64; exec "$0" "$@"`;
    const { stderr } = spawnSync('sh', ['-c', limited, process.execPath, FULL_DISK, path], {
      encoding: 'utf8',
    });
    expect(stderr).toMatch(/PENSTOCK_LEDGER_FULL/);
    expect(stderr).toMatch(/ledger\.db\.intent: no space is left/);
    expect(subjects(openLedger(path))).toEqual(['I9']);
  });

  test.each([
    ['a link', (path: string) => symlinkSync('/dev/null', path)],
    ['a folder', (path: string) => mkdirSync(path)],
    ['a link to nowhere', (path: string) => symlinkSync(`${path}.elsewhere`, path)],
  ])('is refused when it is %s', (_, make) => {
    const path = freshPath();
    make(`${path}.intent`);
    expect(() => Ledger.open(path)).toThrow(expect.objectContaining({ code: 'PENSTOCK_LEDGER_UNREADABLE' }));
  });

  test.each([
    ['rubbish', Buffer.alloc(65_536, 0xa5)],
    ['a short text', Buffer.from('hello')],
    ['nothing', Buffer.alloc(0)],
  ])('that holds %s holds no intent', (_, content) => {
    const path = freshPath();
    begin(path);
    writeFileSync(`${path}.intent`, content);
    const ledger = openLedger(path);
    expect(subjects(ledger)).toEqual(['I9']);
    expect(ledger.intend([proposed(1)])).toBe(true);
  });
});

test('what waits in the database of an older version is recorded once, and its table goes', () => {
  const path = freshPath();
  begin(path);
  const db = new DatabaseSync(path);
  db.exec(
    'CREATE TABLE intent (follows INTEGER NOT NULL, drafts TEXT NOT NULL) STRICT; PRAGMA user_version = 8;',
  );
  db.prepare('INSERT INTO intent VALUES (1, ?)').run(JSON.stringify([{ ...proposed(1), atMs: 1.125 }]));
  db.close();
  for (let start = 0; start < 2; start++) {
    const ledger = Ledger.open(path);
    expect(ledger.queries.entries({ limit: 10 })).toMatchObject([
      { subject: 'I9' },
      { subject: 'D1', atMs: 1.125 },
    ]);
    ledger.close();
  }
  const after = new DatabaseSync(path, { readOnly: true });
  expect(after.prepare("SELECT name FROM sqlite_schema WHERE name = 'intent'").all()).toEqual([]);
  after.close();
  expect(verify(path).sound).toBe(true);
});
