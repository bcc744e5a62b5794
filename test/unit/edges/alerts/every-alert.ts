/** One entry of every type that is an alert, with the same text wherever one may come from outside. */
import type { EntryBodies, EntryDraft, EntryType } from '../../../../src/ledger/entry.ts';
import type { Trial, TrialEnd } from '../../../../src/ledger/trial.ts';
import { decision, evidence, incident, suppression } from '../../ledger/samples.ts';
import { PROPOSAL } from '../api/samples.ts';

/** `text` is a reason, the name of a rule, a deny list or a policy, an actor, a program's name, what a feed says. */
export function everyAlert(text: string): EntryDraft[] {
  return Object.entries(bodies(text)).map(
    ([type, body]) => ({ type, actor: text, body }) as unknown as EntryDraft,
  );
}

function bodies(text: string): { readonly [T in EntryType]?: EntryBodies[T] } {
  const answers = [{ verb: 'approve', actor: text, atMs: 1, reason: text }] as const;
  const one = decision(7, { reason: text, answers });
  const unmade = { incident: 'I7', action: 'block', target: one.target } as const;
  const by = [{ processId: 4, processName: text }];
  const revision = { policyChanged: true, lifted: ['D1'], reinstated: [], expired: [], protected: [] };
  return {
    ...incidents(text),
    ...policies(text),
    'decision.proposed': { decision: one },
    'decision.vetoed': { decision: unmade, guardrail: 'neverBlock', reason: text },
    'decision.withheld': { decision: unmade, reason: text },
    'decision.endorsed': { decision: one },
    'decision.approved': { decision: one },
    'decision.extended': { decision: one },
    'decision.rejected': { decision: one },
    'decision.lapsed': { decision: one },
    'decision.expired': { decision: one },
    'decision.revoked': { decision: one },
    'decision.reinstated': { decision: one },
    'enforcement.failed': { decision: one, change: 'add', error: text },
    'clock.jumped': { byMs: -3_600_000 },
    'guardrail.forced': { guardrail: 'operators', reason: text },
    'breaker.opened': { reason: text },
    'breaker.closed': { reason: text },
    'drift.found': { differences: [text], by },
    'drift.repaired': { differences: [text] },
    'drift.failed': { differences: [text], error: text },
    'drift.contested': { harms: 4, by, maxPauseMs: 10_000 },
    'drift.settled': { harms: 4, by, forMs: 60_000 },
    'conntrack.lost': { lost: 3 },
    'rollback.done': { revision: 5, restoredFrom: 3, ...revision },
    'evidence.failed': { incidentId: 'I7', reason: text },
    'alert.escalated': {
      waiting: { id: 'D7', what: text, host: '10.1.0.10', incident: 'I7', askedAtMs: 1, answerByMs: 2 },
      ...{ step: 1, afterMs: 60_000, sinks: [text] },
    },
  };
}

function incidents(text: string): { readonly [T in EntryType]?: EntryBodies[T] } {
  const story = { happened: text, normal: text, meaning: text, advice: text };
  const told = { source: text, groups: [text], reasons: [text, text], story };
  const one = incident(7, { ...told, evidence: [evidence({ happened: text, normal: text })] });
  const silence = suppression(7, { reason: text, actor: text });
  return {
    'incident.opened': { incident: one },
    'incident.escalated': { incident: one, from: 'low' },
    'suppression.created': { suppression: silence },
    'suppression.revoked': { suppression: silence, reason: text },
  };
}

function policies(text: string): { readonly [T in EntryType]?: EntryBodies[T] } {
  const digest = 'd'.repeat(64);
  const proposal = { ...PROPOSAL, policyName: text, actor: text, reason: text };
  const end: TrialEnd = { atMs: 5, actor: text, cause: 'rollback', reason: text, revision: 13 };
  const trial: Trial = {
    ...{ revision: 12, policyName: text, policyDigest: digest, restoreTo: 11, actor: text, reason: text },
    ...{ begunAtMs: 0, deadlineMs: 61_000, bootId: 'b', begunUptimeMs: 0, deadlineUptimeMs: 61_000 },
    ...{ lifts: [], state: 'reverted', end },
  };
  return {
    'policy.applied': { name: text, digest, previousDigest: null, mode: 'respond', reason: text },
    'policy.refused': { name: text, problems: [text] },
    'denyLists.failed': { policyDigest: digest, problems: [text] },
    'proposal.made': { proposal },
    'proposal.rejected': { proposal: { ...proposal, answer: { actor: text, reason: text, atMs: 1 } } },
    'proposal.lapsed': { proposal },
    'trial.begun': { trial },
    'trial.confirmed': { trial },
    'trial.reverted': { trial },
  };
}
