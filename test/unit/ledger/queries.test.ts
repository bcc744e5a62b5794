import { expect, test, vi } from 'vitest';
import type { Decision, DecisionState } from '../../../src/decision/decision.ts';
import type { EntryDraft } from '../../../src/ledger/entry.ts';
import { LedgerReader } from '../../../src/ledger/reader.ts';
import { freshPath, openLedger, openReader } from './files.ts';
import {
  decision,
  evidence,
  incident,
  opened,
  proposed,
  revision,
  stored,
  suppressed,
  suppression,
} from './samples.ts';

vi.setConfig({ testTimeout: 30_000 });

function recorded(...drafts: EntryDraft[]): LedgerReader {
  const path = freshPath();
  openLedger(path).append(drafts, { sync: false });
  return openReader(path);
}

const ids = (things: { id: string }[]) => things.map(({ id }) => id);

test('a reader before the first writer is told so', () => {
  expect(() => LedgerReader.open(freshPath())).toThrow(
    expect.objectContaining({ code: 'PENSTOCK_LEDGER_UNREADABLE' }),
  );
});

test.each([
  [{ limit: 10 }, [1, 2, 3, 4, 5]],
  [{ limit: 2 }, [1, 2]],
  [{ after: 2, limit: 10 }, [3, 4, 5]],
  [{ before: 3, order: 'newest', limit: 10 }, [2, 1]],
  [{ type: 'decision', limit: 10 }, [2, 3]],
  [{ type: 'decision.approved', limit: 10 }, [3]],
  [{ type: 'decis', limit: 10 }, []],
  [{ type: 'policy', limit: 10 }, [5]],
  [{ type: 'policy.stored', limit: 10 }, [5]],
  [{ type: 'policy.', limit: 10 }, []],
  [{ type: '', limit: 10 }, []],
  [{ type: "x' OR 1 --", limit: 10 }, []],
  [{ subject: 'D1', limit: 10 }, [2, 3]],
  [{ sinceMs: 20, untilMs: 40, limit: 10 }, [2, 3]],
  [{ type: 'decision', subject: 'D1', after: 2, sinceMs: 0, untilMs: 99, before: 9, limit: 10 }, [3]],
] as const)('entries by %j', (filter, expected) => {
  const reader = recorded(
    { ...opened(1), atMs: 10 },
    { ...proposed(1), atMs: 20 },
    { type: 'decision.approved', actor: 'duty', body: { decision: decision(1) }, atMs: 30 },
    { ...revision(1), atMs: 40 },
    { ...stored('d1', ''), atMs: 50 },
  );
  expect(reader.entries(filter).map(({ seq }) => seq)).toEqual(expected);
});

test('what automation did of late is told by its times', () => {
  const origin = { kind: 'manual', actor: 'duty' } as const;
  const reader = recorded(
    { ...proposed(1), atMs: 10 },
    { ...proposed(2), atMs: 20 },
    { ...proposed(3, { origin }), atMs: 30 },
    { ...proposed(4), atMs: 40 },
    { ...opened(1), atMs: 50 },
    { ...proposed(5), atMs: 15 },
  );
  expect(reader.automaticDecisionTimes({ newest: 10, sinceMs: 15 })).toEqual([20, 40, 15]);
  expect(reader.automaticDecisionTimes({ newest: 3, sinceMs: 0 })).toEqual([40, 15]);
});

test.each([
  [0, 1],
  [10, 1],
  [11, 2],
  [30, 3],
  [31, 4],
])('the first entry since %d', (sinceMs, seq) => {
  const reader = recorded({ ...opened(1), atMs: 10 }, { ...opened(2), atMs: 20 }, { ...opened(3), atMs: 30 });
  expect(reader.firstSince(sinceMs)).toBe(seq);
});

test('what stands or waits comes one by one, by state and number', () => {
  const reader = recorded(
    proposed(1, { state: 'active' }),
    proposed(2, { state: 'pending' }),
    proposed(3, { state: 'expired' }),
    proposed(4, { state: 'provisional' }),
    proposed(5, { state: 'active' }),
  );
  const live: Decision[] = [];
  reader.live.each((each) => live.push(each));
  expect(ids(live)).toEqual(['D2', 'D4', 'D1', 'D5']);
  expect(live[2]).toEqual(decision(1, { state: 'active' }));
});

test('decisions whose outcome is open are found, and no others', () => {
  const applied = decision(1, { enforcement: { status: 'applied', atMs: 5 } });
  const pending = { enforcement: { status: 'pending' } } as const;
  const reader = recorded(
    proposed(1, pending),
    { type: 'enforcement.applied', actor: 'penstock', body: { decision: applied } },
    proposed(2, pending),
    proposed(3, { enforcement: { status: 'none' } }),
  );
  expect(ids(reader.decisions({ enforcement: 'pending', limit: 10 }))).toEqual(['D2']);
  expect(ids(reader.decisions({ enforcement: 'applied', limit: 10 }))).toEqual(['D1']);
});

test('incidents are listed newest first in their latest state, by page and filter', () => {
  const reader = recorded(
    opened(1),
    opened(2, { host: '10.1.0.11' }),
    opened(10),
    { type: 'incident.updated', actor: 'penstock', body: { incident: incident(1, { count: 5 }) } },
    {
      type: 'incident.closed',
      actor: 'duty',
      body: { incident: incident(2, { state: 'closed', host: '10.1.0.11' }), reason: '' },
    },
  );
  expect(ids(reader.incidents({ limit: 10 }))).toEqual(['I10', 'I2', 'I1']);
  expect(ids(reader.incidents({ limit: 2 }))).toEqual(['I10', 'I2']);
  expect(ids(reader.incidents({ before: 2, limit: 2 }))).toEqual(['I1']);
  expect(ids(reader.incidents({ state: 'open', limit: 10 }))).toEqual(['I10', 'I1']);
  expect(ids(reader.incidents({ host: '10.1.0.11', limit: 10 }))).toEqual(['I2']);
  expect(reader.incident('I1')).toEqual(incident(1, { count: 5 }));
});

test('decisions are listed newest first in their latest state, by page and filter', () => {
  const applied = decision(1, { enforcement: { status: 'applied', atMs: 5 } });
  const reader = recorded(
    proposed(1),
    proposed(2, { incident: 'I1', state: 'pending' }),
    { type: 'enforcement.applied', actor: 'penstock', body: { decision: applied } },
    {
      type: 'decision.vetoed',
      actor: 'penstock',
      body: { decision: decision(1), guardrail: 'rate', reason: '' },
    },
  );
  expect(reader.decision('D1')).toEqual(applied);
  expect(ids(reader.decisions({ limit: 10 }))).toEqual(['D2', 'D1']);
  expect(ids(reader.decisions({ state: 'pending', limit: 10 }))).toEqual(['D2']);
  expect(ids(reader.decisions({ incident: 'I1', before: 2, limit: 10 }))).toEqual(['D1']);
});

test.each(['', 'D1', 'I0', 'I01', 'i1', 'I1 ', 'I99999999999999999999', "I1' OR 1"])(
  'there is no incident %j',
  (id) => {
    expect(recorded(opened(1), proposed(1)).incident(id)).toBeUndefined();
  },
);

test('revisions are listed newest first, and their policies are found by digest', () => {
  const policy = stored('p1', 'kind: EgressPolicy\n');
  const reader = recorded(policy, revision(1), policy, revision(2, 'p2'));
  expect(reader.revisions({ limit: 10 }).map(({ number }) => number)).toEqual([2, 1]);
  expect(reader.revisions({ before: 2, limit: 10 }).map(({ number }) => number)).toEqual([1]);
  expect(reader.latestRevision()?.number).toBe(2);
  expect(reader.revision(2)?.policyDigest).toBe('p2');
  expect(reader.revision(3)).toBeUndefined();
  expect(reader.policySources('p1')).toEqual({
    entry: 'office.yaml',
    files: [{ name: 'office.yaml', text: 'kind: EgressPolicy\n' }],
  });
  expect(reader.policySources('p2')).toBeUndefined();
  expect(['p1', 'p2'].map((digest) => reader.hasPolicy(digest))).toEqual([true, false]);
});

test('suppressions are listed newest first in their latest state, by page and state', () => {
  const revoked = suppression(2, { state: 'revoked', endedAtMs: 5 });
  const expired = suppression(3, { state: 'expired', endedAtMs: 6 });
  const reader = recorded(
    ...[1, 2, 3, 10].map((number) => suppressed(number)),
    { type: 'suppression.revoked', actor: 'duty', body: { suppression: revoked, reason: 'moved' } },
    { type: 'suppression.expired', actor: 'penstock', body: { suppression: expired, reason: 'over' } },
  );
  expect(ids(reader.suppressions({ limit: 10 }))).toEqual(['S10', 'S3', 'S2', 'S1']);
  expect(ids(reader.suppressions({ before: 10, limit: 2 }))).toEqual(['S3', 'S2']);
  expect(ids(reader.suppressions({ state: 'active', limit: 10 }))).toEqual(['S10', 'S1']);
  expect(reader.suppressions({ state: 'ended', limit: 10 })).toEqual([expired, revoked]);
  expect(reader.suppression('S2')).toEqual(revoked);
  expect([reader.suppression('S4'), reader.suppression('I1'), reader.suppression('S01')]).toEqual(
    Array(3).fill(undefined),
  );
});

test('what stood at a revision is told as it was then', () => {
  const change = (
    type: 'decision.approved' | 'decision.revoked' | 'decision.reinstated',
    state: DecisionState,
  ) => ({ type, actor: 'duty', body: { decision: decision(1, { state }) } }) satisfies EntryDraft;
  const reader = recorded(
    proposed(1),
    proposed(2, { state: 'pending' }),
    revision(1),
    change('decision.approved', 'active'),
    revision(2),
    change('decision.revoked', 'revoked'),
    revision(3),
    change('decision.reinstated', 'active'),
    proposed(3),
    revision(4),
  );
  const standing = (n: number) => reader.standingAt(n)?.map((d: Decision) => `${d.id} ${d.state}`);
  expect(standing(1)).toEqual(['D1 provisional']);
  expect(standing(2)).toEqual(['D1 active']);
  expect(standing(3)).toEqual([]);
  expect(standing(4)).toEqual(['D1 active', 'D3 provisional']);
  expect(standing(5)).toBeUndefined();
});

test.each([
  [{ severity: 'high' }, ['I3', 'I1']],
  [{ detector: 'denyList' }, ['I3', 'I1']],
  // Not its cause, but among its evidence.
  [{ detector: 'beacon' }, ['I2']],
  [{ destination: '198.51.100.66' }, ['I2', 'I1']],
  [{ destination: '192.0.2.99' }, ['I3']],
  [{ sinceMs: 2_000 }, ['I3', 'I2']],
  [{ untilMs: 2_000 }, ['I2', 'I1']],
  [{ sinceMs: 2_000, untilMs: 2_000, severity: 'low', host: '10.1.0.10', state: 'open' }, ['I2']],
] as const)('incidents by %j', (filter, expected) => {
  const reader = recorded(
    opened(1),
    opened(2, { cause: 'volume', severity: 'low', evidence: [evidence()], lastSeenMs: 9_000 }),
    opened(3, { destination: '192.0.2.1', translated: '192.0.2.99', firstSeenMs: 3_000, lastSeenMs: 3_000 }),
  );
  expect(ids(reader.incidents({ limit: 10, ...filter }))).toEqual(expected);
});

test.each([
  [{ action: 'quarantine' }, ['D2']],
  [{ origin: 'manual' }, ['D3']],
  [{ detector: 'denyList' }, ['D2', 'D1']],
  [{ host: '10.1.0.20' }, ['D2']],
  [{ destination: '203.0.113.0/24' }, ['D3']],
  [{ actor: 'laptop' }, ['D3']],
  [{ actor: 'duty' }, ['D2']],
  [{ sinceMs: 5_000 }, ['D3']],
  [{ untilMs: 5_000, host: '10.1.0.20' }, ['D2']],
] as const)('decisions by %j', (filter, expected) => {
  const host = { kind: 'host', host: '10.1.0.20', allowTo: [] } as const;
  const reader = recorded(
    proposed(1, { origin: { kind: 'automatic', detector: 'denyList' }, createdAtMs: 1_000 }),
    proposed(2, {
      ...{ action: 'quarantine', target: host, createdAtMs: 1_000 },
      origin: { kind: 'automatic', detector: 'denyList' },
      answers: [{ verb: 'approve', actor: 'duty', atMs: 1, reason: '' }],
    }),
    proposed(3, {
      origin: { kind: 'manual', actor: 'laptop' },
      target: { kind: 'destination', prefix: '203.0.113.0/24' },
      createdAtMs: 9_000,
    }),
  );
  expect(ids(reader.decisions({ limit: 10, ...filter }))).toEqual(expected);
});

test('suppressions by host and detector, revisions by kind, actor and time', () => {
  const reader = recorded(
    suppressed(1),
    suppressed(2, { host: '10.1.0.99', detector: 'scan' }),
    { ...revision(1), atMs: 10 },
    { ...revision(2), atMs: 20 },
  );
  expect(ids(reader.suppressions({ limit: 9, host: '10.1.0.99', detector: 'scan' }))).toEqual(['S2']);
  const numbers = (filter: object) => reader.revisions({ limit: 9, ...filter }).map(({ number }) => number);
  expect(numbers({ sinceMs: 20 })).toEqual([2]);
  expect(numbers({ untilMs: 20, kind: 'policy' })).toEqual([1]);
  expect(numbers({ actor: 'nobody' })).toEqual([]);
});
