/** Carries a rollback out: one that a person asked for, on trial or to stay, or that of a policy which nobody confirmed. */
import type { Decision } from '../decision/decision.ts';
import { isForbidden } from '../decision/guardrails.ts';
import { reschedule } from '../decision/life-cycle.ts';
import type { EntryDraft } from '../ledger/entry.ts';
import type { LedgerQueries } from '../ledger/queries.ts';
import { neverBlockGuard } from '../policy/compiled-policy.ts';
import { loadPolicySources } from '../policy/loader.ts';
import type { Policy } from '../policy/policy.ts';
import type { Outcome, Refusal, RollbackResult } from './commands.ts';
import type { Engine } from './engine.ts';
import { changePolicy, foreshadow } from './policy-change.ts';
import { planRollback, type RollbackOrder, rollbackReason } from './rollback.ts';

export interface ReturnOrder extends Omit<RollbackOrder, 'then' | 'forbids'> {
  /** What is recorded together with the intent, given what is intended. */
  readonly preface?: (intended: RollbackResult) => EntryDraft[];
}

/** @throws LedgerError, and then nothing has changed */
export function returnToRevision(engine: Engine, order: ReturnOrder): Outcome<RollbackResult> {
  const { desk, journal, policies } = engine;
  const { queries } = engine.ledger;
  const { to, actor, reason, nowMs } = order;
  const target = queries.revision(to);
  const then = stoodAt(queries, to);
  if (!target || !then)
    return refuse('notFound', `there is no revision ${to}; the last is ${journal.lastRevision}`);
  // What is recorded and what is in force differ while a trial is taken back that could not be recorded. Revisions of
  // decisions name what is in force.
  const [applied] = queries.entries({ type: 'policy.applied', order: 'newest', limit: 1 });
  const present = [applied?.subject, policies.digest];
  const policyChanged = present.some((digest) => digest !== target.policyDigest);
  const policy = policyChanged ? policyOf(engine, target.policyDigest) : undefined;
  if (policyChanged && !policy)
    return refuse('refused', `the policy of revision ${to} cannot be read any more`);
  const guard = neverBlockGuard((policy ?? policies.inForce.policy).neverBlock);
  const forbids = (was: Decision) => isForbidden(was, guard);
  const plan = planRollback(desk, { ...order, then, forbids });
  const result = { ...plan.result, policyChanged, revision: journal.lastRevision + 1 };
  desk.move(plan.moves, {
    actor,
    atMs: nowMs,
    sync: true,
    preface: [
      { type: 'rollback.intended', actor, atMs: nowMs, body: { ...result, reason } },
      ...(order.preface?.(result) ?? []),
      ...(policy ? policies.drafts(policy, actor, rollbackReason(to, reason)) : []),
    ],
    revision: { kind: 'rollback', reason, policyDigest: target.policyDigest, restoredFrom: to },
    // What a block stops now, the policy may refuse then; it must not pass in between.
    beforeLifts: () => {
      if (policy?.mode === 'enforce') foreshadow(engine, policy, nowMs);
    },
    epilogue: [{ type: 'rollback.done', actor, body: result }],
  });
  // Only now that the kernel is as it was then: the policy may find what to block anew.
  if (policy) changePolicy(engine, policy, actor, nowMs);
  else engine.responder.attempts.forgetAll();
  return { ok: true, result };
}

/** What stood at a revision, with its ends by the clock of now, which may have been set since. */
export function stoodAt(queries: LedgerQueries, revision: number): Decision[] | undefined {
  const byMs = queries.clockSetSince(revision);
  return queries.standingAt(revision)?.map((was) => (byMs === 0 ? was : reschedule(was, byMs)));
}

/** A policy as the ledger has it; undefined when this version cannot read it. */
export function policyOf({ ledger }: Pick<Engine, 'ledger'>, digest: string): Policy | undefined {
  const sources = ledger.queries.policySources(digest);
  const loaded = sources && loadPolicySources(sources, { stored: true });
  return loaded?.ok ? loaded.policy : undefined;
}

function refuse(code: Refusal['code'], message: string): Outcome<never> {
  return { ok: false, refusal: { code, message } };
}
