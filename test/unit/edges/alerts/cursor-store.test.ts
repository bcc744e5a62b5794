import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, onTestFinished, test } from 'vitest';
import { CursorStore } from '../../../../src/edges/alerts/cursor-store.ts';
import { freshPath } from '../../ledger/files.ts';

const DAY_MS = 86_400_000;
const fresh = () => join(dirname(freshPath()), 'alerts.db');

function open(path: string): CursorStore {
  const store = new CursorStore(path);
  onTestFinished(() => store.close());
  return store;
}

test('a sink is remembered for seven days after it left the configuration', () => {
  const store = open(fresh());
  store.set('kept', { seq: 1, hash: 'a' });
  store.set('gone', { seq: 2, hash: 'b' });
  store.keepOnly(['kept'], 0);
  store.keepOnly(['kept'], 7 * DAY_MS);
  expect(store.get('gone')).toEqual({ seq: 2, hash: 'b' });
  store.keepOnly(['kept'], 7 * DAY_MS + 1);
  expect(store.get('gone')).toBeUndefined();
  expect(store.get('kept')).toEqual({ seq: 1, hash: 'a' });
});

test('one that came back meanwhile is as if it had never left', () => {
  const store = open(fresh());
  store.set('soc', { seq: 1, hash: 'a' });
  store.keepOnly([], 0);
  store.keepOnly(['soc'], 6 * DAY_MS);
  store.keepOnly([], 12 * DAY_MS);
  store.keepOnly([], 18 * DAY_MS);
  expect(store.get('soc')).toEqual({ seq: 1, hash: 'a' });
});

test('cursors of the version before are taken over', () => {
  const path = fresh();
  const old = new DatabaseSync(path);
  old.exec(`CREATE TABLE cursors (sink TEXT PRIMARY KEY, seq INTEGER NOT NULL, hash TEXT NOT NULL) STRICT;
    INSERT INTO cursors VALUES ('webhook', 7, 'h'); PRAGMA user_version = 1;`);
  old.close();
  const store = open(path);
  expect(store.get('webhook')).toEqual({ seq: 7, hash: 'h' });
  store.keepOnly(['webhook'], 0);
  expect(store.get('webhook')).toEqual({ seq: 7, hash: 'h' });
});

test('a file of a later version is refused', () => {
  const path = fresh();
  const later = new DatabaseSync(path);
  later.exec('PRAGMA user_version = 99');
  later.close();
  expect(() => new CursorStore(path)).toThrow(
    expect.objectContaining({ code: 'PENSTOCK_ALERT_CURSORS_UNUSABLE' }),
  );
});
