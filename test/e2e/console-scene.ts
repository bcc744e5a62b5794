/** A ledger as it looks on a busy day, for tests of the console's pages: what an evening on call brings. */
import type { Decision } from '../../src/decision/decision.ts';
import type { Evidence, Incident } from '../../src/incident/incident.ts';
import type { EntryDraft } from '../../src/ledger/entry.ts';
import { decision, incident } from '../unit/edges/api/samples.ts';

const MINUTE_MS = 60_000;

/** First numbers of what a scene adds: those before are the seed of the served API. */
const FIRST = 100;

const STORY = {
  happened:
    '10.1.0.23 sent 38.2 GiB to 198.51.100.9 within 41 min. Besides: 10.1.0.23 called 198.51.100.9 every 60 s within 1 s, 41 times.',
  normal: 'In the last 30 days it sent at most 1.2 GiB an hour, and never to this address.',
  meaning:
    'Data that leaves cannot be called back. This is what a theft, or a first backup to a new place, looks like.',
  advice:
    'Ask the owner of 10.1.0.23 whether the transfer to 198.51.100.9 is theirs. If nobody knows of it, block it first.',
};

/** @param nowMs what its times are told from */
export function eveningOnCall(nowMs: number): EntryDraft[] {
  const ago = (minutes: number) => nowMs - minutes * MINUTE_MS;
  const evidence = (changes: Partial<Evidence>): Evidence => ({
    detector: 'volume',
    destination: '198.51.100.9',
    service: { protocol: 6, port: 443 },
    confidence: 0.96,
    firstSeenMs: ago(41),
    lastSeenMs: ago(1),
    count: 12,
    happened: '38.2 GiB were sent to 198.51.100.9 by tcp/443 within 41 min',
    normal: 'at most 1.2 GiB an hour in 30 days',
    ...changes,
  });
  const theft = incident(FIRST, {
    host: '10.1.0.23',
    groups: ['build'],
    cause: 'volume',
    destination: '198.51.100.9',
    severity: 'critical',
    score: 0.98,
    count: 53,
    firstSeenMs: ago(41),
    lastSeenMs: ago(1),
    raisedAtMs: ago(30),
    reasons: [STORY.happened, STORY.normal],
    evidence: [
      evidence({}),
      evidence({
        detector: 'beacon',
        confidence: 0.81,
        count: 41,
        happened: '41 connections to 198.51.100.9 tcp/443, one every 60 s within 1 s',
        normal: 'no other destination of 10.1.0.23 is called at regular times',
      }),
      evidence({
        detector: 'oddHours',
        destination: null,
        service: null,
        confidence: 0.34,
        count: 2,
        happened: 'active on a Sunday at 03:00 UTC',
        normal: 'silent at this hour in 11 of 12 weeks',
      }),
    ],
    story: STORY,
  });
  const listed = incident(FIRST + 1, {
    cause: 'denyList',
    source: 'known-c2',
    host: '10.1.0.10',
    destination: '198.51.100.66',
    severity: 'high',
    firstSeenMs: ago(6),
    lastSeenMs: ago(2),
    raisedAtMs: ago(6),
    reasons: ['198.51.100.66 is on deny list known-c2: known command and control'],
  });
  const scanner = incident(FIRST + 2, {
    host: 'fd00:1:0:0:2a1b:7cff:fe3d:9e42',
    cause: 'scan',
    destination: null,
    services: [{ protocol: 6, port: 445 }],
    severity: 'high',
    score: 0.91,
    firstSeenMs: ago(12),
    lastSeenMs: ago(9),
    raisedAtMs: ago(11),
    reasons: ['214 hosts on tcp/445 did not answer within 5 min'],
    story: {
      happened: '214 hosts on tcp/445 did not answer within 5 min.',
      normal: 'It talks to 6 hosts a day, and all of them answer.',
      meaning: 'Whoever searches for open services is about to break in somewhere.',
      advice:
        'Find out what runs there. If it is a scanner of yours, close this as false; if not, quarantine it.',
    },
    evidence: [
      evidence({
        detector: 'scan',
        destination: null,
        service: null,
        confidence: 0.91,
        happened: '214 hosts on tcp/445 did not answer within 5 min',
        normal: 'it talks to 6 hosts a day, and all of them answer',
      }),
    ],
  });
  const violations = [3, 4, 5].map((n) =>
    incident(FIRST + n, {
      host: `10.1.0.${30 + n}`,
      destination: `203.0.113.${200 + n}`,
      severity: n === 3 ? 'low' : 'medium',
      count: n * 7,
      firstSeenMs: ago(90 - n),
      lastSeenMs: ago(10 + n),
      reasons: [`no rule allows tcp/443 to 203.0.113.${200 + n}`],
    }),
  );
  const decisions = eveningDecisions(nowMs);
  return [
    ...[theft, listed, scanner, ...violations].map(opened),
    ...decisions.map(
      (made): EntryDraft => ({
        type: made.state === 'active' ? 'decision.approved' : 'decision.proposed',
        actor: made.state === 'active' ? 'mira' : 'penstock',
        atMs: made.createdAtMs,
        body: { decision: made },
      }),
    ),
  ];
}

function eveningDecisions(nowMs: number): Decision[] {
  const ago = (minutes: number) => nowMs - minutes * MINUTE_MS;
  return [
    decision(FIRST, {
      incident: `I${FIRST}`,
      origin: { kind: 'automatic', detector: 'volume' },
      target: {
        kind: 'flow',
        host: '10.1.0.23',
        destination: '198.51.100.9',
        service: { protocol: 6, port: 443 },
      },
      approval: 'required',
      state: 'pending',
      createdAtMs: ago(12),
      answerByMs: nowMs + 18 * MINUTE_MS,
      expiresAtMs: null,
      reason: STORY.happened,
      enforcement: { status: 'none' },
    }),
    decision(FIRST + 1, {
      incident: `I${FIRST + 1}`,
      origin: { kind: 'automatic', detector: 'denyList' },
      target: { kind: 'destination', prefix: '198.51.100.66/32' },
      ttlMs: 4 * 60 * MINUTE_MS,
      createdAtMs: ago(6),
      answerByMs: nowMs + 9 * MINUTE_MS + 5_000,
      expiresAtMs: nowMs + 9 * MINUTE_MS + 5_000,
      reason: 'deny list known-c2',
      enforcement: { status: 'applied', atMs: ago(6) },
    }),
    decision(FIRST + 2, {
      incident: `I${FIRST + 2}`,
      origin: { kind: 'automatic', detector: 'scan' },
      action: 'quarantine',
      target: { kind: 'host', host: 'fd00:1:0:0:2a1b:7cff:fe3d:9e42', allowTo: ['10.0.0.53/32'] },
      approval: 'required',
      persons: 2,
      state: 'pending',
      ttlMs: 2 * 60 * MINUTE_MS,
      createdAtMs: ago(11),
      answerByMs: nowMs + 50_000,
      expiresAtMs: null,
      reason: 'scan',
      answers: [{ verb: 'approve', actor: 'mira', atMs: ago(4), reason: 'not one of ours' }],
      enforcement: { status: 'none' },
    }),
    decision(FIRST + 3, {
      incident: `I${FIRST + 3}`,
      target: {
        kind: 'flow',
        host: '10.1.0.33',
        destination: '203.0.113.203',
        service: { protocol: 17, port: 53 },
      },
      state: 'active',
      createdAtMs: ago(70),
      answerByMs: null,
      expiresAtMs: nowMs + 50 * MINUTE_MS,
      answers: [{ verb: 'approve', actor: 'mira', atMs: ago(69), reason: 'a resolver nobody knows' }],
      enforcement: { status: 'applied', atMs: ago(69) },
    }),
  ];
}

/** Open incidents of many hosts, the oldest first. */
export function manyIncidents(count: number, nowMs: number, first = 1_000): EntryDraft[] {
  const severities = ['low', 'medium', 'high', 'critical'] as const;
  return Array.from({ length: count }, (_, index) =>
    opened(
      incident(first + index, {
        host: `10.${1 + (index >> 16)}.${(index >> 8) & 255}.${index & 255}`,
        severity: severities[index % 4],
        firstSeenMs: nowMs - (count - index) * 1_000,
        lastSeenMs: nowMs - (count - index) * 900,
      }),
    ),
  );
}

export function opened(made: Incident): EntryDraft {
  return { type: 'incident.opened', actor: 'penstock', atMs: made.firstSeenMs, body: { incident: made } };
}
