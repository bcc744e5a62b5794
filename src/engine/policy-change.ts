/** A policy comes into force: recorded first, then enforced. */
import type { EntryDraft } from '../ledger/entry.ts';
import type { Policy } from '../policy/policy.ts';
import type { Engine } from './engine.ts';
import { announceStep } from './step.ts';

export interface PolicyOrder {
  readonly actor: string;
  readonly reason: string;
  readonly atMs: number;
  /** Recorded with it. */
  readonly more?: readonly EntryDraft[];
  readonly onRecorded?: () => void;
}

/** `policy` must be checked. @throws LedgerError, and then nothing has changed */
export function applyPolicy(engine: Engine, policy: Policy, order: PolicyOrder): void {
  const { actor, reason, atMs, more = [], onRecorded } = order;
  const { enforcer, journal, policies } = engine;
  const revision = journal.revision({
    atMs,
    kind: 'policy',
    actor,
    reason,
    policyDigest: policy.digest,
    rulesetDigest: enforcer.digest,
    restoredFrom: null,
  });
  journal.write([...policies.drafts(policy, actor, reason), revision, ...more], { sync: true });
  onRecorded?.();
  announceStep('recorded');
  changePolicy(engine, policy, actor, atMs);
  announceStep('settled');
}

/** What follows from a policy whose change is recorded. */
export function changePolicy(
  { responder, policies }: Engine,
  policy: Policy,
  actor: string,
  nowMs: number,
): void {
  responder.attempts.forgetAll();
  policies.enforce(policy);
  responder.honourNeverBlock(actor, nowMs);
}

/** The kernel holds the allowlist of a policy that is in force in a moment. */
export function foreshadow({ policies, names, allowlist }: Engine, policy: Policy, nowMs: number): void {
  const next = { policy, compiled: policies.compiled(policy) };
  names.changePolicy(next, nowMs);
  allowlist.changePolicy(next, nowMs);
}
