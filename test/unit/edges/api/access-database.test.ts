import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openAccessDatabase } from '../../../../src/edges/api/access-database.ts';
import { IdempotencyStore } from '../../../../src/edges/api/idempotency-store.ts';
import { TokenStore } from '../../../../src/edges/api/token-store.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'penstock-access-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** As the first version wrote it, with one token and one answer. */
function olderFile(token: string): string {
  const path = join(folder, 'access.db');
  const db = openAccessDatabase(join(folder, 'hash.db'));
  const text = new TokenStore(db).create({ name: 'laptop', role: 'admin', expiresAtMs: null });
  const { hash } = db.prepare('SELECT hash FROM token').get() as { hash: Uint8Array };
  db.close();
  const older = new DatabaseSync(path);
  older.exec(`CREATE TABLE token (
      id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE, role TEXT NOT NULL,
      hash BLOB NOT NULL UNIQUE, created_at_ms INTEGER NOT NULL, expires_at_ms INTEGER, last_used_at_ms INTEGER
    ) STRICT;
    CREATE TABLE answered (
      token_id INTEGER NOT NULL REFERENCES token (id) ON DELETE CASCADE, key TEXT NOT NULL, fingerprint BLOB NOT NULL,
      asked_at_ms INTEGER NOT NULL, state TEXT NOT NULL, status INTEGER, body TEXT, PRIMARY KEY (token_id, key)
    ) STRICT;
    CREATE INDEX answered_age ON answered (token_id, asked_at_ms);
    PRAGMA user_version = 1;`);
  older.prepare("INSERT INTO token VALUES (7, ?, 'admin', ?, 1, NULL, NULL)").run(token, hash);
  older.prepare("INSERT INTO answered VALUES (7, 'k', ?, 1000, 'done', 200, '{}')").run(new Uint8Array(32));
  older.close();
  return text;
}

it('a file of the first version goes on: who had a token has it, and what was answered stays answered', () => {
  const text = olderFile('laptop');
  const db = openAccessDatabase(join(folder, 'access.db'));
  const tokens = new TokenStore(db);
  expect(tokens.authenticate(text)).toEqual({
    ...{ id: 'token:7', name: 'laptop', role: 'admin', scopes: null, expiresAtMs: null },
  });
  const store = new IdempotencyStore(db, () => 1_001);
  expect(store.begin({ caller: 'token:7', key: 'k' }, new Uint8Array(32))).toMatchObject({ state: 'done' });
  // A number is never given again.
  tokens.create({ name: 'next', role: 'viewer', expiresAtMs: null });
  expect(db.prepare("SELECT id FROM token WHERE name = 'next'").get()).toMatchObject({ id: 8 });
  tokens.remove('laptop');
  expect(db.prepare('SELECT count(*) AS count FROM answered').get()).toMatchObject({ count: 0 });
  db.close();
});

it('a file of a later version is left alone', () => {
  const path = join(folder, 'access.db');
  const later = new DatabaseSync(path);
  later.exec('PRAGMA user_version = 99');
  later.close();
  expect(() => openAccessDatabase(path)).toThrow(/version 99/);
});
