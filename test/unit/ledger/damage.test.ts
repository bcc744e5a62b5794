/** What the file or the disk can do to the ledger: always a LedgerError with a code, never half an entry. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { Ledger } from '../../../src/ledger/ledger.ts';
import { LedgerReader } from '../../../src/ledger/reader.ts';
import { verify } from '../../../src/ledger/verification.ts';
import { freshPath, openLedger } from './files.ts';
import { proposed } from './samples.ts';

const FULL_DISK = fileURLToPath(new URL('./full-disk.ts', import.meta.url));

function make(path: string, sql: string): void {
  const db = new DatabaseSync(path);
  db.exec(sql);
  db.close();
}

test.each<[string, (path: string) => void, string]>([
  ['rubbish', (path) => writeFileSync(path, Buffer.alloc(8192, 0xa5)), 'PENSTOCK_LEDGER_CORRUPT'],
  [
    'a text file',
    (path) => writeFileSync(path, 'kind: EgressPolicy\n'.repeat(99)),
    'PENSTOCK_LEDGER_CORRUPT',
  ],
  ["another program's database", (path) => make(path, 'CREATE TABLE t (a)'), 'PENSTOCK_LEDGER_FOREIGN'],
  [
    'a ledger of a newer version',
    (path) => {
      Ledger.open(path).close();
      make(path, 'PRAGMA user_version = 99');
    },
    'PENSTOCK_LEDGER_NEWER',
  ],
])('%s is refused by its own code, for writing and for reading', (_, prepare, code) => {
  const path = freshPath();
  prepare(path);
  for (const open of [() => Ledger.open(path), () => LedgerReader.open(path)]) {
    expect(open).toThrow(expect.objectContaining({ name: 'LedgerError', code }));
  }
});

test.each([
  ['a folder in its place', (path: string) => mkdirSync(path)],
  ['its folder gone', (path: string) => rmSync(dirname(path), { recursive: true })],
])('with %s there is no ledger', (_, prepare) => {
  const path = freshPath();
  prepare(path);
  expect(() => Ledger.open(path)).toThrow(expect.objectContaining({ code: 'PENSTOCK_LEDGER_UNREADABLE' }));
});

test('an empty file becomes a ledger, as after a kill before the first write', () => {
  const path = freshPath();
  writeFileSync(path, '');
  expect(openLedger(path).append([proposed(1)], { sync: true })[0].seq).toBe(1);
});

test('a file cut short is refused or found unsound, never taken for whole', () => {
  const path = freshPath();
  const ledger = Ledger.open(path);
  ledger.append(
    Array.from({ length: 200 }, (_, n) => proposed(n + 1)),
    { sync: true },
  );
  ledger.close();
  truncateSync(path, 65_536);
  expect(verify(path)).toMatchObject({ sound: false });
});

test('on a full disk an append fails whole, and works again when there is room', { timeout: 30_000 }, () => {
  const path = freshPath();
  const limited = `trap '' XFSZ; ulimit -S -f 256; exec "$0" "$@"`;
  const child = spawnSync('sh', ['-c', limited, process.execPath, FULL_DISK, path], { encoding: 'utf8' });
  expect(child.stderr).toBe('');
  const { code, head, appended } = JSON.parse(child.stdout);
  expect(code).toMatch(/^PENSTOCK_LEDGER_(FULL|IO)$/);
  expect(head).toBe(appended);
  expect(appended).toBeGreaterThan(0);
  const ledger = openLedger(path);
  expect(ledger.head.seq).toBe(appended);
  expect(ledger.append([proposed(appended + 1)], { sync: true })[0].seq).toBe(appended + 1);
  expect(verify(path)).toEqual({ sound: true, head: ledger.head });
});
