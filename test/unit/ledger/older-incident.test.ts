import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import { ecsEvent } from '../../../src/edges/alerts/ecs.ts';
import { type EntryRow, entryHash, GENESIS } from '../../../src/ledger/chain.ts';
import { Ledger } from '../../../src/ledger/ledger.ts';
import { verify } from '../../../src/ledger/verification.ts';
import { freshPath, openLedger, openReader } from './files.ts';
import { incident } from './samples.ts';

/** Text as version 0.1.0 wrote it. */
const BODY =
  '{"incident":{"id":"I1","host":"10.1.0.10","groups":["web"],"cause":"denyList","source":"known-c2","destination":"198.51.100.66","translated":null,"services":[{"protocol":6,"port":443}],"severity":"high","count":1,"firstSeenMs":1000,"lastSeenMs":1000,"state":"open","reasons":["198.51.100.66 is on deny list known-c2"]}}';

/** A ledger whose one entry, and what it is found by, an older version wrote. */
function olderLedger(): string {
  const path = freshPath();
  Ledger.open(path).close();
  const row: Omit<EntryRow, 'hash'> = {
    seq: 1,
    at_ms: 1_000,
    type: 'incident.opened',
    actor: 'penstock',
    subject: 'I1',
    body: BODY,
    previous_hash: GENESIS.hash,
  };
  const db = new DatabaseSync(path);
  db.prepare('INSERT INTO entries VALUES (?, ?, ?, ?, ?, ?, ?, ?)').run(
    ...Object.values(row),
    entryHash(row),
  );
  db.exec("INSERT INTO incidents VALUES (1, 'open', '10.1.0.10', 1)");
  db.close();
  return path;
}

test('an incident of an older version is read with neutral values for what it lacks', () => {
  const reader = openReader(olderLedger());
  const whole = incident(1, { score: 1, raisedAtMs: null, evidence: [], story: null });
  expect(reader.incident('I1')).toEqual(whole);
  expect(reader.incidents({ state: 'open', limit: 10 })).toEqual([whole]);
});

test('its entry is told as it was recorded, so that its hash can be checked', () => {
  const path = olderLedger();
  expect(JSON.stringify(openReader(path).entry(1)?.body)).toBe(BODY);
  expect(verify(path)).toMatchObject({ sound: true, head: { seq: 1 } });
});

test('its alert can still be sent', () => {
  const [entry] = openReader(olderLedger()).entries({ limit: 1 });
  const event = ecsEvent(entry, { hostname: 'gateway', version: '0.1.0' });
  expect(event?.message).toContain('On deny list known-c2: 10.1.0.10');
  expect(event?.event).toMatchObject({ risk_score: 1 });
});

test('what follows it is recorded whole', () => {
  const path = olderLedger();
  const ledger = openLedger(path);
  const [open] = ledger.queries.incidents({ limit: 1 });
  ledger.append(
    [{ type: 'incident.updated', actor: 'penstock', body: { incident: { ...open, count: 2 } } }],
    { sync: false },
  );
  expect(openReader(path).incident('I1')).toEqual(incident(1, { raisedAtMs: null, count: 2 }));
  expect(verify(path).sound).toBe(true);
});
