/** Small well-formed things to record. */
import type { Decision } from '../../../src/decision/decision.ts';
import type { Incident } from '../../../src/incident/incident.ts';
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
    count: 1,
    firstSeenMs: 1_000,
    lastSeenMs: 1_000,
    state: 'open',
    reasons: ['198.51.100.66 is on deny list known-c2'],
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
