import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import { dispatchOf } from '../../../src/edges/alerts/dispatch.ts';
import { ecsEvent } from '../../../src/edges/alerts/ecs.ts';
import { Ledger } from '../../../src/ledger/ledger.ts';
import { LedgerReader } from '../../../src/ledger/reader.ts';
import { verify } from '../../../src/ledger/verification.ts';
import { freshPath, openLedger, openReader } from './files.ts';
import { OLDER_BODY, olderLedger } from './older.ts';
import { incident, proposed, stored, suppressed, suppression } from './samples.ts';

const FILLED = incident(1, { score: 1, raisedAtMs: null, evidence: [], story: null });

test('a ledger of an older version goes on where it was, and is sound', () => {
  const { path, head } = olderLedger();
  const ledger = openLedger(path);
  expect(ledger.head).toEqual(head);
  ledger.append([suppressed(1)], { sync: false });
  expect(ledger.queries.suppression('S1')).toEqual(suppression(1));
  expect(verify(path, head)).toEqual({ sound: true, head: ledger.head });
});

test('a ledger that has no index for starts gets it, and knows which outcomes are open', () => {
  const path = freshPath();
  const before = Ledger.open(path);
  const pending = { enforcement: { status: 'pending' } } as const;
  const open = [
    proposed(1, pending),
    proposed(2, { enforcement: { status: 'none' } }),
    proposed(3, { ...pending, state: 'expired' }),
  ];
  before.append([...open, stored('d1', '')], { sync: false });
  before.close();
  const db = new DatabaseSync(path);
  db.exec(`DROP INDEX entries_by_seldom_type; DROP INDEX decisions_unsettled;
    ALTER TABLE decisions DROP COLUMN standing; ALTER TABLE decisions DROP COLUMN enforcement;
    PRAGMA user_version = 6;`);
  db.close();
  const { queries, head } = openLedger(path);
  expect(queries.decisions({ enforcement: 'pending', limit: 9 }).map(({ id }) => id)).toEqual(['D3', 'D1']);
  expect(queries.entries({ type: 'policy.stored', limit: 9 }).map(({ seq }) => seq)).toEqual([4]);
  expect(verify(path, head)).toEqual({ sound: true, head });
});

test('a ledger that has no rows of what stands gets them', () => {
  const path = freshPath();
  const before = Ledger.open(path);
  const ids = (ledger: Ledger) => {
    const rows = ledger.queries.live.rows();
    return Array.from({ length: rows.count }, (_, row) => rows.id(row));
  };
  const expiresAtMs = 9_000;
  before.append(
    [
      proposed(1, { state: 'active', expiresAtMs }),
      proposed(2, { state: 'expired' }),
      proposed(3, { state: 'provisional', answerByMs: expiresAtMs, expiresAtMs }),
      proposed(4, { state: 'pending' }),
    ],
    { sync: false },
  );
  expect(ids(before)).toEqual(['D1', 'D3']);
  before.close();
  const db = new DatabaseSync(path);
  db.exec('ALTER TABLE decisions DROP COLUMN standing; PRAGMA user_version = 7;');
  db.close();
  const after = openLedger(path);
  expect(ids(after)).toEqual(['D1', 'D3']);
  expect(verify(path)).toEqual({ sound: true, head: after.head });
});

test('it is the writer that brings it up to date: a reader before that is told so', () => {
  const { path } = olderLedger();
  const unreadable = expect.objectContaining({ code: 'PENSTOCK_LEDGER_UNREADABLE' });
  expect(() => LedgerReader.open(path)).toThrow(unreadable);
  const db = new DatabaseSync(path, { readOnly: true });
  expect(db.prepare('PRAGMA user_version').get()).toEqual({ user_version: 1 });
  db.close();
});

test('an older incident is read with neutral values for what it lacks', () => {
  const { path } = olderLedger();
  openLedger(path);
  const reader = openReader(path);
  expect(reader.incident('I1')).toEqual(FILLED);
  expect(reader.incidents({ state: 'open', limit: 10 })).toEqual([FILLED]);
});

test('its entry is told as it was recorded, so that its hash can be checked', () => {
  const { path } = olderLedger();
  const ledger = openLedger(path);
  expect(JSON.stringify(ledger.queries.entry(1)?.body)).toBe(OLDER_BODY);
});

test('its alert can still be sent', () => {
  const [entry] = openLedger(olderLedger().path).queries.entries({ limit: 1 });
  const dispatch = entry && dispatchOf(entry, { hostname: 'gateway', version: '0.1.0' });
  const event = dispatch && ecsEvent(dispatch);
  expect(event?.message).toContain('On deny list known-c2: 10.1.0.10');
  expect(event?.event).toMatchObject({ risk_score: 1 });
});

test('what follows it is recorded whole', () => {
  const { path } = olderLedger();
  const ledger = openLedger(path);
  const [open] = ledger.queries.incidents({ limit: 1 });
  const body = { incident: { ...open, count: 2 } };
  ledger.append([{ type: 'incident.updated', actor: 'penstock', body }], { sync: false });
  expect(JSON.parse(JSON.stringify(ledger.queries.entry(2)?.body))).toEqual({
    incident: { ...FILLED, count: 2 },
  });
  expect(verify(path).sound).toBe(true);
});
