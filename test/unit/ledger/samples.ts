/** Small well-formed things to record. */
import type { Decision } from '../../../src/decision/decision.ts';
import type { Evidence, Incident } from '../../../src/incident/incident.ts';
import type { Suppression } from '../../../src/incident/suppression.ts';
import type { EntryDraft } from '../../../src/ledger/entry.ts';

export function incident(number: number, changes: Partial<Incident> = {}): Incident {
  return {
    id: `I${number}`,
    host: '10.1.0.10',
    groups: ['web'],
    cause: 'denyList',
    source: 'known-c2',
    destination: '198.51.100.66',
    translated: null,
    services: [{ protocol: 6, port: 443 }],
    severity: 'high',
    score: 1,
    count: 1,
    firstSeenMs: 1_000,
    lastSeenMs: 1_000,
    raisedAtMs: 1_000,
    state: 'open',
    reasons: ['198.51.100.66 is on deny list known-c2'],
    evidence: [],
    story: null,
    ...changes,
  };
}

export function evidence(changes: Partial<Evidence> = {}): Evidence {
  return {
    detector: 'beacon',
    destination: '198.51.100.66',
    service: { protocol: 6, port: 443 },
    confidence: 0.93,
    firstSeenMs: 1_000,
    lastSeenMs: 9_000,
    count: 4,
    happened: '20 connections to 198.51.100.66 tcp/443, one every 60 s within 1 s',
    normal: 'no other destination of 10.1.0.10 is called at regular times',
    ...changes,
  };
}

/** Two detectors agree on 10.1.0.10. */
export function anomaly(number: number, changes: Partial<Incident> = {}): Incident {
  const scan = { detector: 'scan', destination: null, service: null, confidence: 0.6 } as const;
  return incident(number, {
    cause: 'beacon',
    source: null,
    score: 0.972,
    reasons: [evidence().happened],
    evidence: [evidence(), evidence({ ...scan, happened: '12 hosts on tcp/445 did not answer' })],
    story: {
      happened: '10.1.0.10 called 198.51.100.66 every 60 s, 20 times',
      normal: 'it calls nobody at regular times',
      meaning: 'Malware asks its controller for orders like this.',
      advice: 'Find out which program it is.',
    },
    ...changes,
  });
}

export function suppression(number: number, changes: Partial<Suppression> = {}): Suppression {
  return {
    id: `S${number}`,
    incident: 'I1',
    detector: 'beacon',
    host: '10.1.0.10',
    destination: '198.51.100.66',
    service: { protocol: 6, port: 443 },
    reason: 'the monitoring',
    actor: 'duty',
    createdAtMs: 1_000,
    untilMs: 1_760_000_400_000,
    state: 'active',
    endedAtMs: null,
    ...changes,
  };
}

export function decision(number: number, changes: Partial<Decision> = {}): Decision {
  return {
    id: `D${number}`,
    incident: `I${number}`,
    origin: { kind: 'automatic', detector: 'denyList' },
    action: 'block',
    target: { kind: 'destination', prefix: '198.51.100.66/32' },
    approval: 'provisional',
    ttlMs: 3_600_000,
    state: 'provisional',
    createdAtMs: 1_000,
    answerByMs: 601_000,
    expiresAtMs: 601_000,
    reason: 'deny list known-c2',
    answers: [],
    enforcement: { status: 'pending' },
    ...changes,
  };
}

export function proposed(number: number, changes: Partial<Decision> = {}): EntryDraft {
  return { type: 'decision.proposed', actor: 'penstock', body: { decision: decision(number, changes) } };
}

export function opened(number: number, changes: Partial<Incident> = {}): EntryDraft {
  return { type: 'incident.opened', actor: 'penstock', body: { incident: incident(number, changes) } };
}

export function suppressed(number: number, changes: Partial<Suppression> = {}): EntryDraft {
  return { type: 'suppression.created', actor: 'duty', body: { suppression: suppression(number, changes) } };
}

export function revision(number: number, policyDigest = 'p1'): EntryDraft {
  return {
    type: 'revision.created',
    actor: 'file',
    body: {
      revision: {
        number,
        atMs: 1_000,
        kind: 'policy',
        actor: 'file',
        reason: 'start',
        policyDigest,
        rulesetDigest: null,
        restoredFrom: null,
      },
    },
  };
}

export function stored(digest: string, text: string): EntryDraft {
  const sources = { entry: 'office.yaml', files: [{ name: 'office.yaml', text }] };
  return { type: 'policy.stored', actor: 'file', body: { digest, name: 'office', sources } };
}
