import fc from 'fast-check';
import { expect, test } from 'vitest';
import { alertOf, alertTypes } from '../../../../src/edges/alerts/alert.ts';
import type { EntryDraft } from '../../../../src/ledger/entry.ts';
import { DETECTORS, type DetectorName } from '../../../../src/policy/schema/response.ts';
import { anyText } from '../../ledger/any-text.ts';
import {
  anomaly,
  decision,
  incident,
  opened,
  proposed,
  revision,
  suppressed,
  suppression,
} from '../../ledger/samples.ts';
import { entry } from './entries.ts';
import { everyAlert } from './every-alert.ts';

const flow = {
  kind: 'flow',
  host: '10.1.0.10',
  destination: '2001:db8::66',
  service: { protocol: 17, port: 53 },
} as const;
const host = { kind: 'host', host: '10.1.0.10', allowTo: ['10.0.0.53/32'] } as const;
const TEN_PAST = 1_760_000_400_000;
const BEACON_STORY =
  '10.1.0.10 (web) to 198.51.100.66 tcp/443. 10.1.0.10 called 198.51.100.66 every 60 s, 20 times. it calls nobody at regular times. Malware asks its controller for orders like this. Find out which program it is.';

function answered(
  type: 'decision.approved' | 'decision.rejected' | 'decision.revoked',
  changes: Parameters<typeof decision>[1],
): EntryDraft {
  const verb = ({ 'decision.approved': 'approve', 'decision.rejected': 'reject' } as const)[
    type as 'decision.approved'
  ];
  const answers = [{ verb: verb ?? 'revoke', actor: 'duty', atMs: 1, reason: 'known to the owner' }];
  return { type, actor: 'duty', body: { decision: decision(7, { answers, ...changes }) } };
}

test.each<[EntryDraft, string, string]>([
  [
    opened(42),
    'high',
    'On deny list known-c2: 10.1.0.10 (web) to 198.51.100.66 tcp/443. 198.51.100.66 is on deny list known-c2. Look: penstock incidents I42',
  ],
  [
    opened(42, {
      cause: 'policyViolation',
      source: null,
      destination: null,
      services: [],
      groups: [],
      reasons: [],
    }),
    'high',
    'No rule allows this: 10.1.0.10 to many destinations. Look: penstock incidents I42',
  ],
  [
    {
      type: 'incident.escalated',
      actor: 'penstock',
      body: { incident: incident(42, { count: 9 }), from: 'low' },
    },
    'high',
    'I42 rose from low to high (9 times). On deny list known-c2: 10.1.0.10 (web) to 198.51.100.66 tcp/443. 198.51.100.66 is on deny list known-c2. Look: penstock incidents I42',
  ],
  [
    { type: 'incident.opened', actor: 'penstock', body: { incident: anomaly(42) } },
    'high',
    `Calls at regular times, like malware its controller: ${BEACON_STORY} Look: penstock incidents I42`,
  ],
  [
    {
      type: 'incident.escalated',
      actor: 'penstock',
      body: { incident: anomaly(42, { count: 9 }), from: 'medium' },
    },
    'high',
    `I42 rose from medium to high (9 times). Calls at regular times, like malware its controller: ${BEACON_STORY} Look: penstock incidents I42`,
  ],
  [
    suppressed(7),
    'low',
    'duty closed I1 as false: until 2025-10-09 09:00 UTC, beacon of 10.1.0.10 to 198.51.100.66 tcp/443 is not reported. Reason: the monitoring. Undo: penstock unsuppress S7',
  ],
  [
    suppressed(7, { detector: 'scan', destination: null, service: null }),
    'low',
    'duty closed I1 as false: until 2025-10-09 09:00 UTC, scan of 10.1.0.10 as a whole is not reported. Reason: the monitoring. Undo: penstock unsuppress S7',
  ],
  [
    {
      type: 'suppression.revoked',
      actor: 'printer',
      body: { suppression: suppression(7), reason: 'the monitoring has moved' },
    },
    'low',
    'printer revoked S7: beacon of 10.1.0.10 to 198.51.100.66 tcp/443 is reported again. Reason: the monitoring has moved.',
  ],
  [
    proposed(7, { expiresAtMs: TEN_PAST, answerByMs: TEN_PAST, target: flow }),
    'high',
    'Blocking 10.1.0.10 to 2001:db8::66 udp/53 until 2025-10-09 09:00 UTC. deny list known-c2. See I7. To keep or lift it, answer before 2025-10-09 09:00 UTC: penstock approve D7, or penstock reject D7',
  ],
  [
    proposed(7, {
      state: 'pending',
      expiresAtMs: null,
      answerByMs: TEN_PAST,
      target: host,
      action: 'quarantine',
    }),
    'high',
    'Waits for you, not blocked yet: all traffic of 10.1.0.10 except to 10.0.0.53/32. deny list known-c2. See I7. Answer before 2025-10-09 09:00 UTC: penstock approve D7, or penstock reject D7',
  ],
  [
    proposed(7, { state: 'active', expiresAtMs: TEN_PAST, answerByMs: null, incident: null }),
    'medium',
    'Blocking all traffic with 198.51.100.66/32 until 2025-10-09 09:00 UTC. deny list known-c2. Undo: penstock revoke D7',
  ],
  [
    {
      type: 'decision.vetoed',
      actor: 'penstock',
      body: { decision: decision(7), guardrail: 'neverBlock', reason: '198.51.100.66 is the resolver' },
    },
    'high',
    'Not blocked: all traffic with 198.51.100.66/32. Guardrail neverBlock says no: 198.51.100.66 is the resolver. If it must be blocked: penstock block 198.51.100.66/32 --ttl 1h --reason TEXT',
  ],
  [
    answered('decision.approved', { state: 'active', expiresAtMs: TEN_PAST }),
    'low',
    'duty approved D7: all traffic with 198.51.100.66/32 is blocked until 2025-10-09 09:00 UTC. Reason: known to the owner. Undo: penstock revoke D7',
  ],
  [
    answered('decision.rejected', { state: 'rejected' }),
    'low',
    'duty rejected D7: all traffic with 198.51.100.66/32 is no longer blocked. Reason: known to the owner.',
  ],
  [
    answered('decision.rejected', { state: 'rejected', approval: 'required', answers: [] }),
    'low',
    'duty rejected D7: all traffic with 198.51.100.66/32 was never blocked.',
  ],
  [
    answered('decision.revoked', { state: 'revoked' }),
    'medium',
    'duty revoked D7: all traffic with 198.51.100.66/32 is no longer blocked. Reason: known to the owner.',
  ],
  [
    { type: 'decision.lapsed', actor: 'penstock', body: { decision: decision(7, { state: 'lapsed' }) } },
    'high',
    'Nobody answered D7 in time: all traffic with 198.51.100.66/32 is no longer blocked. To block it now: penstock block 198.51.100.66/32 --ttl 1h --reason TEXT',
  ],
  [
    { type: 'decision.expired', actor: 'penstock', body: { decision: decision(7, { state: 'expired' }) } },
    'low',
    'D7 has run out: all traffic with 198.51.100.66/32 is no longer blocked.',
  ],
  [
    {
      type: 'enforcement.failed',
      actor: 'penstock',
      body: { decision: decision(7), change: 'add', error: 'ENOSPC' },
    },
    'critical',
    'The kernel refused to add the block D7: ENOSPC. NOT blocked: all traffic with 198.51.100.66/32. Look: penstock status; penstock doctor',
  ],
  [
    { type: 'drift.found', actor: 'penstock', body: { differences: ['a', 'b', 'c', 'd', 'e', 'f', 'g'] } },
    'high',
    'Somebody else changed table inet penstock (7 differences: a, b, c, d, e and 2 more). It is being repaired. Find out who: another firewall tool, nft flush ruleset?',
  ],
  [
    {
      type: 'rollback.done',
      actor: 'duty',
      body: {
        revision: 5,
        restoredFrom: 3,
        policyChanged: false,
        lifted: ['D1'],
        reinstated: [],
        expired: [],
        protected: [],
      },
    },
    'medium',
    'duty rolled back to revision 3 (now revision 5): policy as before; lifted D1; blocked again nothing.',
  ],
  [
    {
      type: 'evidence.failed',
      actor: 'penstock',
      body: { incidentId: 'I42', reason: 'ENOSPC: no space left on device, write' },
    },
    'high',
    'No evidence of I42 is kept: ENOSPC: no space left on device, write. The incident and its blocks go on. Is there room in the state directory? Save by hand what matters: penstock incidents I42 --json; penstock flows --json',
  ],
])('$type: what is read at 3 a.m.', (draft, severity, message) => {
  expect(alertOf(entry(draft))).toEqual({ severity, message });
});

test.each<EntryDraft>([
  { type: 'incident.updated', actor: 'penstock', body: { incident: incident(1) } },
  { type: 'enforcement.applied', actor: 'penstock', body: { decision: decision(1) } },
  { type: 'suppression.expired', actor: 'penstock', body: { suppression: suppression(1), reason: '' } },
  { type: 'alert.failed', actor: 'penstock', body: { sink: 'webhook', seq: 1, error: '' } },
  { type: 'daemon.started', actor: 'penstock', body: { version: '0.1.0', pid: 1 } },
  revision(1),
])('$type wakes nobody', (draft) => {
  expect(alertOf(entry(draft))).toBeUndefined();
});

test.each(DETECTORS)('an incident of %s has a title of its own', (cause) => {
  const told = (each: DetectorName) =>
    alertOf(
      entry({ type: 'incident.opened', actor: 'penstock', body: { incident: anomaly(1, { cause: each }) } }),
    )?.message;
  expect(DETECTORS.filter((other) => told(other) === told(cause))).toEqual([cause]);
});

test('however long a story is, the message ends with what to type', () => {
  const long = 'x'.repeat(900);
  const story = { happened: long, normal: long, meaning: long, advice: long };
  const draft = {
    type: 'incident.opened',
    actor: 'penstock',
    body: { incident: anomaly(1, { story }) },
  } as const;
  const message = alertOf(entry(draft))?.message ?? '';
  expect(message.length).toBeLessThanOrEqual(1_000);
  expect(message).toMatch(/x \.\.\. Look: penstock incidents I1$/);
});

test('whatever is in names and reasons, a message is one line of bounded length', () => {
  const text = anyText(100);
  fc.assert(
    fc.property(text, text, fc.integer({ min: 1, max: 30 }), (actor, reason, times) => {
      const hostile = `${reason}\u202e\u009b\n`.repeat(times);
      const draft: EntryDraft = { ...proposed(1, { reason: hostile }), actor };
      const message = alertOf(entry(draft))?.message ?? '';
      expect(message.length).toBeLessThanOrEqual(1_000);
      expect(message).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
      expect(message.isWellFormed()).toBe(true);
    }),
  );
});

test('tests of formats know every kind of alert', () => {
  expect(
    everyAlert('')
      .map(({ type }) => type as string)
      .sort(),
  ).toEqual(alertTypes().sort());
});

test('a time past the end of the calendar is still told', () => {
  const message = alertOf(entry(proposed(1, { expiresAtMs: 1e300 })))?.message;
  expect(message).toContain('until +275760-09-13');
});
