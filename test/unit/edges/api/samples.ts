/** Things as the engine and the ledger would hand them out. */
import type { Decision } from '../../../../src/decision/decision.ts';
import type { Operator } from '../../../../src/decision/operators.ts';
import type {
  EngineStatus,
  FlowView,
  HostLine,
  HostView,
  PolicyPlan,
  TrialStatus,
} from '../../../../src/engine/commands.ts';
import type { Incident } from '../../../../src/incident/incident.ts';
import type { Suppression } from '../../../../src/incident/suppression.ts';
import type { EntryDraft } from '../../../../src/ledger/entry.ts';
import type { ProposedPolicy } from '../../../../src/ledger/proposed-policy.ts';
import type { Revision } from '../../../../src/ledger/revision.ts';
import { suppression as recordedSuppression } from '../../ledger/samples.ts';

export const NOON = Date.parse('2026-10-05T12:00:00Z');

export const POLICY_TEXT = `apiVersion: penstock/v1
kind: EgressPolicy
metadata: {name: office, owner: netsec}
spec:
  mode: respond
  hostGroups:
    web: {cidrs: [10.1.0.0/24]}
  addressSets:
    payments: {cidrs: [203.0.113.0/24]}
  services:
    https: [{protocol: tcp, ports: [443]}]
  rules:
    - id: web-payments
      description: Card processor
      from: [web]
      to: {sets: [payments]}
      services: [https]
      owner: team-pay
      ticket: SEC-1412
  tests:
    - {name: card processor, from: 10.1.0.10, accept: ["203.0.113.10:443/tcp"], deny: ["198.51.100.1:443/tcp"]}
`;

export function incident(number: number, changes: Partial<Incident> = {}): Incident {
  return {
    id: `I${number}`,
    host: '10.1.0.10',
    groups: ['web'],
    cause: 'policyViolation',
    source: null,
    destination: '198.51.100.66',
    translated: null,
    services: [{ protocol: 6, port: 443 }],
    severity: 'medium',
    score: 1,
    count: 3,
    firstSeenMs: NOON,
    lastSeenMs: NOON + 5_000,
    raisedAtMs: null,
    state: 'open',
    reasons: ['no rule allows tcp/443 to 198.51.100.66'],
    evidence: [],
    story: null,
    ...changes,
  };
}

export function decision(number: number, changes: Partial<Decision> = {}): Decision {
  return {
    id: `D${number}`,
    incident: 'I1',
    origin: { kind: 'automatic', detector: 'policyViolation' },
    action: 'block',
    target: {
      kind: 'flow',
      host: '10.1.0.10',
      destination: '198.51.100.66',
      service: { protocol: 6, port: 443 },
    },
    approval: 'provisional',
    ttlMs: 3_600_000,
    state: 'provisional',
    createdAtMs: NOON,
    answerByMs: NOON + 600_000,
    expiresAtMs: NOON + 600_000,
    reason: 'no rule allows it',
    answers: [],
    enforcement: { status: 'applied', atMs: NOON + 1 },
    ...changes,
  };
}

export function suppression(number: number, changes: Partial<Suppression> = {}): Suppression {
  return recordedSuppression(number, { createdAtMs: NOON, untilMs: NOON + 30 * 86_400_000, ...changes });
}

export const STATUS: EngineStatus = {
  mode: 'respond',
  startedAtMs: NOON - 60_000,
  policy: { name: 'office', digest: 'd'.repeat(64), revision: 2 },
  trial: null,
  kernel: { table: 'in-place', verifiedAtMs: NOON, driftRepairs: 0, digest: 'k'.repeat(64) },
  allowlist: { generation: null, elements: 0 },
  conntrack: { standingFlows: 12, events: 340, lost: 0, resyncs: 0, undecodable: 0, hooksRegistered: true },
  decisions: { pending: 1, provisional: 1, active: 0 },
  breaker: { state: 'closed' },
  openIncidents: 1,
  activeSuppressions: 2,
  profiles: { established: 7, evicted: 1 },
  denyLists: { state: 'loaded', ranges: 2 },
  dropped: {
    denyList: 3,
    allowlist: 40,
    untracked: 1,
    limits: 0,
    reported: 30,
    notReported: 14,
    attempts: 25,
    spared: 2,
    disagreements: 0,
  },
  blockLatency: { count: 1, medianMs: 0.05, p99Ms: 0.5, maxMs: 0.5 },
};

/** Revision 3 waits to be confirmed. */
export const TRIAL: TrialStatus = {
  revision: 3,
  restoreTo: 2,
  policyName: 'office',
  policyDigest: 'e'.repeat(64),
  actor: 'the-admin',
  begunAtMs: NOON,
  confirmByMs: NOON + 60_000,
  leftMs: 60_000,
};

export const FLOW: FlowView = {
  direction: 'outbound',
  protocol: 6,
  host: '10.1.0.10',
  hostPort: 40_000,
  destination: '203.0.113.10',
  destinationPort: 443,
  translated: null,
  translatedPort: null,
  startedAtMs: NOON - 1_000,
  lastSeenAtMs: NOON,
  replied: true,
  bytesOut: 1_500,
  bytesIn: 90_000,
  packetsOut: 10,
  packetsIn: 70,
  verdict: 'allow',
  because: 'web-payments',
};

export function hostLine(host: string): HostLine {
  return { ...knownOf(host), warming: ['oddHours', 'fanOut'] };
}

export function hostView(host: string): HostView {
  return {
    ...knownOf(host),
    established: true,
    mostUploaded: { hour: 3 * 2 ** 20, day: null },
    runningHour: { connections: 12, newDestinations: 2, bytesOut: 2_048 },
    // A Monday like this: not watched, silent, and then more and more often at work.
    activity: Array.from({ length: 168 }, (_, hour) => [null, 0, 0.2, 0.5, 1][Math.min(4, hour)]),
    tracks: 3,
    knownDestinations: 40,
    detectors: [
      { name: 'scan', state: 'ready', watchedHours: 30, neededHours: 0, words: 'Needs no past.' },
      { name: 'oddHours', state: 'warming', watchedHours: 30, neededHours: 120, words: 'Says nothing yet.' },
      { name: 'beacon', state: 'off', watchedHours: null, neededHours: null, words: 'Not in the policy.' },
    ],
  };
}

function knownOf(host: string) {
  return {
    host,
    groups: ['web'],
    firstSeenMs: NOON - 86_400_000,
    lastSeenMs: NOON,
    hoursWatched: 30,
    answered: 400,
    suspicion: 0.62,
    learning: 'slowed',
  } as const;
}

export const OPERATOR: Operator = {
  address: '10.1.0.10',
  via: 'api',
  local: '10.1.0.1',
  port: 8731,
  actor: 'laptop',
  untilMs: NOON,
};

const UNCHANGED = { added: [], removed: [], changed: [] };

export const PROPOSAL: ProposedPolicy = {
  id: 'P1',
  kind: 'apply',
  policyName: 'office',
  policyDigest: 'e'.repeat(64),
  insteadOf: 'd'.repeat(64),
  to: null,
  confirmWithinMs: null,
  force: false,
  actor: 'laptop',
  reason: 'new mirror',
  proposedAtMs: NOON,
  answerByMs: NOON + 86_400_000,
  state: 'pending',
  answer: null,
};

export const PLAN: PolicyPlan = {
  changed: true,
  fromDigest: 'd'.repeat(64),
  toDigest: 'e'.repeat(64),
  mode: { from: 'respond', to: 'respond' },
  rules: { added: ['web-payments'], removed: [], changed: [] },
  denyLists: UNCHANGED,
  hostGroups: UNCHANGED,
  addressSets: UNCHANGED,
  services: UNCHANGED,
  schedules: UNCHANGED,
  response: UNCHANGED,
  neverBlock: UNCHANGED,
  guardrails: [{ field: 'maxBlocksPerMinute', from: '50', to: '20' }],
  cuts: {
    count: 3,
    byRule: [{ key: 'web-out', count: 3 }],
    byHost: [{ key: '10.1.0.10', count: 3 }],
    byDestination: [{ key: '203.0.113.9 tcp/443', count: 3 }],
    examples: ['10.1.0.10 to 203.0.113.9 tcp/443: allowed by web-out, then allowed by no rule'],
  },
  lifts: [{ id: 'D7', target: 'host 10.1.0.11' }],
  cutsOperators: [
    {
      from: '10.1.0.10',
      to: '10.1.0.1',
      service: { protocol: 6, port: 22 },
      actor: 'laptop',
      via: 'ssh',
      because: 'allowed by no rule',
    },
  ],
  flows: { newlyDenied: 0, newlyAllowed: 2, examples: ['10.1.0.10 -> 203.0.113.10:443/tcp'] },
};

export function revision(number: number): Revision {
  return {
    number,
    atMs: NOON + number,
    kind: 'policy',
    actor: 'file',
    reason: 'start',
    policyDigest: 'd'.repeat(64),
    rulesetDigest: null,
    restoredFrom: null,
  };
}

export const revoked = (name: string): EntryDraft => ({
  type: 'token.revoked',
  actor: 'the-admin',
  body: { name },
});

export const lost = (times: number): EntryDraft => ({
  type: 'conntrack.lost',
  actor: 'penstock',
  body: { lost: times },
});

const FILE = 'file';
const sources = { entry: 'policy.yaml', files: [{ name: 'policy.yaml', text: POLICY_TEXT }] };

const revokedOne = suppression(2, {
  destination: null,
  service: null,
  state: 'revoked',
  endedAtMs: NOON + 1,
});

/**
 * What a ledger holds before a test: a policy, two revisions, three incidents, three decisions and two suppressions,
 * one of them revoked.
 */
export const SEED: readonly EntryDraft[] = [
  {
    type: 'policy.stored',
    actor: FILE,
    body: { digest: STATUS.policy.digest, name: 'office', sources },
  },
  ...[1, 2].map(
    (number): EntryDraft => ({ type: 'revision.created', actor: FILE, body: { revision: revision(number) } }),
  ),
  ...[1, 2, 3].map(
    (number): EntryDraft => ({
      type: 'incident.opened',
      actor: 'penstock',
      body: { incident: incident(number) },
    }),
  ),
  ...[decision(1), decision(2, { state: 'pending' }), decision(3)].map(
    (made): EntryDraft => ({ type: 'decision.proposed', actor: 'penstock', body: { decision: made } }),
  ),
  ...[suppression(1), suppression(2)].map(
    (made): EntryDraft => ({ type: 'suppression.created', actor: made.actor, body: { suppression: made } }),
  ),
  { type: 'suppression.revoked', actor: 'the-operator', body: { suppression: revokedOne, reason: 'moved' } },
];
