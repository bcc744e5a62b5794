/**
 * Every change of policy that a person asks for comes this way:
 *
 *   1 another one waits to be confirmed ............... refused
 *   2 its names cannot be watched on this machine ..... refused
 *   3 it would cut an operator's path ................. refused, unless forced; that it was is recorded
 *   4 the policy in force wants two persons ........... it waits for the second (proposed-policy.ts)
 *   5 it is put in force, or on trial (trial-keeper.ts)
 *
 * A rollback that is to stay takes back one that waits (1), as it is the way out: to what was there before it, whatever
 * its names (2), which time would bring back as well.
 */
import { checkManual } from '../decision/guardrails.ts';
import { describeTarget } from '../decision/subject.ts';
import type { EntryDraft } from '../ledger/entry.ts';
import type { ProposedPolicy } from '../ledger/proposed-policy.ts';
import type { Policy } from '../policy/policy.ts';
import type { Answering, Outcome, Params, PolicyPlan, Refusal, Result } from './commands.ts';
import type { Engine } from './engine.ts';
import type { Job } from './job.ts';
import { describePath } from './operator-path.ts';
import { applyPolicy } from './policy-change.ts';
import { planPolicy } from './policy-plan.ts';
import { policyOf, returnToRevision, stoodAt } from './return-to-revision.ts';

const MOST_TOLD = 5;

type Apply = Params<'applyPolicy'>;
type Rollback = Params<'rollback'>;

export class PolicyDesk {
  readonly #engine: Engine;

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  /** What it would change; changes nothing. */
  *plan(policy: Policy, nowMs: number): Job<PolicyPlan> {
    const { policies, table, responder, safeguards } = this.#engine;
    const next = this.#compiled(policy);
    return {
      ...(yield* planPolicy(policies.inForce, { policy, compiled: next }, table, nowMs)),
      lifts: responder
        .liftedBy(policy.neverBlock)
        .map(({ id, target }) => ({ id, target: describeTarget(target) })),
      cutsOperators: safeguards.cutPaths(next, table, nowMs),
    };
  }

  apply(params: Apply, nowMs: number): Outcome<Result<'applyPolicy'>> {
    const { policies, journal, trials, proposals } = this.#engine;
    const { policy, actor, reason } = params;
    const refusal = trials.refusal(nowMs);
    if (refusal) return { ok: false, refusal };
    if (policies.digest === policy.digest) {
      const revision = journal.lastRevision;
      return done({ revision, changed: false, trial: null, proposal: null });
    }
    if (params.insteadOf?.includes(policies.digest ?? '') === false)
      return refuse('changed', `the policy in force is another one by now: its digest is ${policies.digest}`);
    const objection = this.#objection(policy);
    if (objection !== undefined) return refuse('refused', objection);
    const cuts = this.#cutsBy(policy, nowMs);
    if (cuts.length > 0 && params.force !== true) return refuseCut(cuts);
    if (!policies.inForce.policy.guardrails.twoPersons.policy) return this.#carryOut(params, cuts, nowMs);
    const stored = policies.drafts(policy, actor, reason).filter(({ type }) => type === 'policy.stored');
    const proposal = proposals.propose({ kind: 'apply', to: null, ...this.#facts(params) }, stored, nowMs);
    return done({ revision: journal.lastRevision, changed: false, trial: null, proposal });
  }

  rollback(params: Rollback, nowMs: number): Outcome<Result<'rollback'>> {
    const { policies, journal, trials, proposals, ledger } = this.#engine;
    const { to, confirmWithinMs } = params;
    trials.due(nowMs);
    const refusal = confirmWithinMs === undefined ? undefined : trials.refusal(nowMs);
    if (refusal) return { ok: false, refusal };
    const digest = ledger.queries.revision(to)?.policyDigest;
    const policy =
      digest === undefined || digest === policies.digest ? undefined : policyOf(this.#engine, digest);
    // Whoever takes a trial back asks for what was there before it.
    const endsTrial = trials.open?.restoreTo === to;
    const objection = endsTrial ? undefined : this.#objection(policy);
    if (objection !== undefined) return refuse('refused', objection);
    const cuts = this.#cutsByReturn(to, policy, nowMs);
    if (cuts.length > 0 && params.force !== true) return refuseCut(cuts);
    const twoPersons = policies.inForce.policy.guardrails.twoPersons.policy && !endsTrial;
    if (policy === undefined || !twoPersons) return this.#carryOutRollback(params, cuts, nowMs);
    const proposal = proposals.propose(
      { kind: 'rollback', to, ...this.#facts({ ...params, policy }) },
      [],
      nowMs,
    );
    const nothing = { policyChanged: false, lifted: [], reinstated: [], expired: [], protected: [] };
    return done({ revision: journal.lastRevision, restoredFrom: to, ...nothing, trial: null, proposal });
  }

  /** The second person: what was proposed is carried out. */
  approve(answering: Answering, nowMs: number): Outcome<Result<'approvePolicy'>> {
    const { policies, proposals, journal, trials } = this.#engine;
    const found = proposals.approvable(answering, nowMs);
    if (!found.ok) return found;
    const { id, kind, insteadOf, policyDigest, force, to, confirmWithinMs } = found.result;
    if (insteadOf !== policies.digest)
      return refuse('conflict', `another policy is in force since ${id} was proposed: propose it anew`);
    const isTrial = kind === 'apply' || confirmWithinMs !== null;
    const refusal = isTrial ? trials.refusal(nowMs) : undefined;
    if (refusal) return { ok: false, refusal };
    const policy = policyOf(this.#engine, policyDigest);
    if (policy === undefined) return refuse('refused', `the policy of ${id} cannot be read any more`);
    const objection = this.#objection(policy);
    if (objection !== undefined) return refuse('refused', objection);
    const cuts = to === null ? this.#cutsBy(policy, nowMs) : this.#cutsByReturn(to, policy, nowMs);
    if (cuts.length > 0 && !force) return refuseCut(cuts);
    const ended = proposals.end('approved', answering, nowMs);
    if (!ended.ok) return ended;
    const outcome = this.#carryOutProposal(ended.result, policy, answering.actor, cuts, nowMs);
    return outcome.ok ? done({ proposal: ended.result, revision: journal.lastRevision }) : outcome;
  }

  #carryOutProposal(
    proposal: ProposedPolicy,
    policy: Policy,
    second: string,
    cuts: readonly string[],
    nowMs: number,
  ): Outcome<unknown> {
    const { id, actor, to, confirmWithinMs } = proposal;
    const reason = `${proposal.reason === '' ? '' : `${proposal.reason} `}(${id}, approved by ${second})`;
    const span = confirmWithinMs === null ? {} : { confirmWithinMs };
    if (to !== null) return this.#carryOutRollback({ to, actor, reason, ...span }, cuts, nowMs);
    return this.#carryOut({ policy, actor, reason, ...span }, cuts, nowMs);
  }

  #carryOut(
    { policy, actor, reason, confirmWithinMs }: Apply,
    cuts: readonly string[],
    nowMs: number,
  ): Outcome<Result<'applyPolicy'>> {
    const { journal, trials } = this.#engine;
    this.#recordForce(cuts, actor, nowMs);
    if (confirmWithinMs !== undefined) {
      const begun = trials.begin({ policy, actor, reason, withinMs: confirmWithinMs }, nowMs);
      if (!begun.ok) return begun;
      return done({ revision: begun.result.revision, changed: true, trial: begun.result, proposal: null });
    }
    applyPolicy(this.#engine, policy, { actor, reason, atMs: nowMs });
    return done({ revision: journal.lastRevision, changed: true, trial: null, proposal: null });
  }

  #carryOutRollback(
    { to, actor, reason, confirmWithinMs }: Rollback,
    cuts: readonly string[],
    nowMs: number,
  ): Outcome<Result<'rollback'>> {
    const { trials } = this.#engine;
    if (confirmWithinMs !== undefined) {
      const policy = this.#policyAt(to);
      if (!policy.ok) return policy;
      this.#recordForce(cuts, actor, nowMs);
      const order = { to, policy: policy.result, actor, reason, withinMs: confirmWithinMs };
      const begun = trials.beginRollback(order, nowMs);
      return begun.ok ? done({ ...begun.result, proposal: null }) : begun;
    }
    const ending = trials.endByRollback(to, { actor, reason, atMs: nowMs });
    if (!ending.ok) return ending;
    this.#recordForce(cuts, actor, nowMs);
    const outcome = returnToRevision(this.#engine, { to, actor, reason, nowMs, ...ending.result });
    trials.settle();
    return outcome.ok ? done({ ...outcome.result, trial: null, proposal: null }) : outcome;
  }

  #policyAt(revision: number): Outcome<Policy> {
    const { ledger, journal } = this.#engine;
    const digest = ledger.queries.revision(revision)?.policyDigest;
    if (digest === undefined)
      return refuse('notFound', `there is no revision ${revision}; the last is ${journal.lastRevision}`);
    const policy = policyOf(this.#engine, digest);
    if (policy === undefined)
      return refuse('refused', `the policy of revision ${revision} cannot be read any more`);
    return done(policy);
  }

  #recordForce(cuts: readonly string[], actor: string, atMs: number): void {
    if (cuts.length === 0) return;
    const body = { guardrail: 'operators', reason: cuts.slice(0, MOST_TOLD).join('; ') };
    const draft: EntryDraft = { type: 'guardrail.forced', actor, atMs, body };
    this.#engine.journal.write([draft], { sync: true });
  }

  /** Why another policy than that in force cannot be put in force on this machine. */
  #objection(policy: Policy | undefined): string | undefined {
    return policy && this.#engine.names.objection(policy);
  }

  /** Paths of operators that a policy would cut, a sentence each. */
  #cutsBy(policy: Policy, nowMs: number): string[] {
    const { safeguards, table } = this.#engine;
    return safeguards.cutPaths(this.#compiled(policy), table, nowMs).map(describePath);
  }

  /** The same for a rollback, which may also bring blocks back. */
  #cutsByReturn(to: number, policy: Policy | undefined, nowMs: number): string[] {
    const { safeguards, ledger, desk } = this.#engine;
    const context = safeguards.context(nowMs);
    const blocks = (stoodAt(ledger.queries, to) ?? [])
      .filter(({ id, expiresAtMs }) => (expiresAtMs ?? 0) > nowMs && desk.active.get(id) === undefined)
      .flatMap(({ id, target }) => {
        const veto = checkManual(target, context);
        return veto?.guardrail === 'operators' ? [`${id} would stand again, and ${veto.reason}`] : [];
      });
    return policy === undefined ? blocks : [...blocks, ...this.#cutsBy(policy, nowMs)];
  }

  #compiled(policy: Policy) {
    const { policies, names } = this.#engine;
    return policies.compiled(policy, names.sourceFor(policy));
  }

  #facts({ policy, actor, reason, confirmWithinMs, force = false }: Apply) {
    return {
      policyName: policy.name,
      policyDigest: policy.digest,
      insteadOf: this.#engine.policies.inForce.policy.digest,
      confirmWithinMs: confirmWithinMs ?? null,
      ...{ force, actor, reason },
    };
  }
}

function refuseCut(cuts: readonly string[]): Outcome<never> {
  const more = cuts.length > MOST_TOLD ? ` and ${cuts.length - MOST_TOLD} more` : '';
  const told = cuts.slice(0, MOST_TOLD).join('; ');
  const message = `it would cut the path of an operator: ${told}${more}. Nothing was changed; do it with force if that is meant`;
  return { ok: false, refusal: { code: 'refused', message, guardrail: 'operators' } };
}

function done<T>(result: T): Outcome<T> {
  return { ok: true, result };
}

function refuse(code: Refusal['code'], message: string): Outcome<never> {
  return { ok: false, refusal: { code, message } };
}
