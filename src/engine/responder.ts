/**
 * From a finding to what is done about it: incident, decision, block. And the other way: what people and time do to
 * decisions.
 */
import { isDeepStrictEqual } from 'node:util';
import { type Outcome as Decided, decide } from '../decision/decide.ts';
import type { Decision, Target } from '../decision/decision.ts';
import {
  checkManual,
  type GuardrailContext,
  keepReachable,
  neverBlockReason,
  type Veto,
} from '../decision/guardrails.ts';
import {
  approve,
  expire,
  lapse,
  propose,
  reject,
  reschedule,
  revoke,
  standsInKernel,
} from '../decision/life-cycle.ts';
import { manualProposal } from '../decision/proposal.ts';
import type { Flow } from '../flow/flow.ts';
import { copyFlow } from '../flow/flow-reader.ts';
import type { CaseBook, CaseNews, Lead } from '../incident/case-book.ts';
import { causeOf, type PolicyFinding } from '../incident/finding.ts';
import type { Incident, PolicyCause } from '../incident/incident.ts';
import type { Closure, IncidentBook } from '../incident/incident-book.ts';
import type { EntryDraft } from '../ledger/entry.ts';
import { LedgerError } from '../ledger/errors.ts';
import { neverBlockGuard } from '../policy/compiled-policy.ts';
import type { NeverBlock } from '../policy/policy.ts';
import { Attempts } from './attempts.ts';
import type { Answering, Outcome, Params } from './commands.ts';
import type { DecisionDesk, DecisionEntryType, Move } from './decision-desk.ts';
import type { Journal } from './journal.ts';
import type { InForce } from './policy-keeper.ts';
import type { Safeguards } from './safeguards.ts';

export interface ResponderParts {
  readonly desk: DecisionDesk;
  readonly incidents: IncidentBook;
  readonly cases: CaseBook;
  readonly journal: Journal;
  readonly inForce: () => InForce;
  readonly safeguards: Safeguards;
  /** A block that an event of the kernel gave rise to is in the kernel. */
  readonly onBlocked: (eventAtMs: number) => void;
}

/** Findings that wait for a guardrail to open again. */
const MAX_DEFERRED = 1_000;
const ANSWERS = { approve, reject, revoke };

type Act = Extract<Decided, { kind: 'act' }>;

export class Responder {
  readonly attempts = new Attempts();
  /** What the policy itself found, by cause. */
  readonly findings: Record<PolicyCause, number> = { policyViolation: 0, denyList: 0, limit: 0 };
  readonly #parts: ResponderParts;
  /** By incident: what the rate guardrail let go on. */
  readonly #deferred = new Map<string, { readonly incident: Incident; readonly flow: Flow }>();
  /** Nothing that stands is against it; undefined: not known. */
  #honoured: NeverBlock | undefined;

  constructor(parts: ResponderParts) {
    this.#parts = parts;
  }

  onFinding(flow: Flow, finding: PolicyFinding, eventAtMs: number, nowMs: number): void {
    const { incidents, inForce } = this.#parts;
    this.findings[causeOf(finding)] += 1;
    const observed = incidents.observe(flow, finding, inForce().compiled, nowMs);
    const { incident } = observed;
    const preface: EntryDraft[] = [];
    const isNew = observed.kind === 'opened';
    if (isNew) {
      if (observed.displaced) preface.push(this.#closure(observed.displaced, 'penstock', nowMs));
      preface.push({ type: 'incident.opened', actor: 'penstock', atMs: nowMs, body: { incident } });
    } else if (!this.attempts.isDue(incident.id, serviceNumber(flow), nowMs)) return;
    try {
      this.#respond(incident, flow, preface, eventAtMs, nowMs);
    } catch (error) {
      this.#unrecorded(error, preface);
      // Nobody has heard of it: it opens again with the next flow.
      if (isNew) incidents.close(incident.id, 'not recorded');
    }
  }

  /**
   * A detector has said something new of a host. Findings are rare, and what they act on differs from one to the next:
   * each is decided upon.
   */
  onAnomaly(observed: CaseNews, nowMs: number): void {
    const { incident, lead } = observed;
    const preface = this.#news(observed, nowMs);
    const recorded = this.#recording(preface, () => {
      // A host that is in no group is not ours to act upon.
      if (lead === undefined || incident.groups.length === 0)
        this.#parts.journal.write(preface, { sync: false });
      else this.#respond(incidentOf(incident, lead), lead.flow, preface, 0, nowMs);
    });
    if (observed.kind === 'opened' && !recorded) this.#parts.cases.close(incident.id, 'not recorded');
  }

  #news(observed: CaseNews, atMs: number): EntryDraft[] {
    const { incident } = observed;
    const actor = 'penstock';
    if (observed.kind === 'updated') return [];
    if (observed.kind === 'raised')
      return [{ type: 'incident.escalated', actor, atMs, body: { incident, from: observed.from } }];
    const displaced = observed.displaced ? [this.#closure(observed.displaced, actor, atMs)] : [];
    return [...displaced, { type: 'incident.opened', actor, atMs, body: { incident } }];
  }

  /** What was deferred may be possible now. */
  retry(nowMs: number): void {
    const { incidents, cases } = this.#parts;
    // A copy: what is vetoed again is deferred again.
    for (const [id, { incident, flow }] of [...this.#deferred]) {
      this.#deferred.delete(id);
      if (incidents.get(id) === undefined && cases.get(id) === undefined) continue;
      this.#recording([], () => this.#respond(incident, flow, [], 0, nowMs));
    }
  }

  /** The clock was set: what stands or waits has the time left that it had. @returns whether that could be recorded */
  reschedule(byMs: number, nowMs: number): boolean {
    const moves = this.#parts.desk.live().map((before) => {
      return { type: 'decision.rescheduled', before, after: reschedule(before, byMs) } as const;
    });
    const preface = [{ type: 'clock.jumped', actor: 'penstock', atMs: nowMs, body: { byMs } } as const];
    const order = { actor: 'penstock', atMs: nowMs, sync: false, preface };
    return this.#recording([], () => void this.#parts.desk.move(moves, order));
  }

  /** Lapse and expire what is due. */
  due(nowMs: number): void {
    // After a sleep many may be: the earliest goes first, so that what two of them ask for passes to none that is over too.
    for (const before of this.#parts.desk.overdue(nowMs)) {
      const lapses = before.state !== 'active';
      const transition = lapses ? lapse(before, nowMs) : expire(before, nowMs);
      if (!transition.ok) continue;
      if (lapses) this.attempts.decline(before, nowMs);
      const type = lapses ? 'decision.lapsed' : 'decision.expired';
      const move = { type, before, after: transition.decision } as const;
      const order = { actor: 'penstock', atMs: nowMs, sync: false };
      this.#recording([], () => void this.#parts.desk.move([move], order));
    }
  }

  answer(
    verb: 'approve' | 'reject' | 'revoke',
    { id, actor, reason, force = false }: Answering & { force?: boolean },
    nowMs: number,
  ): Outcome<Decision> {
    const before = this.#parts.desk.get(id);
    if (before === undefined) return refused('notFound', `there is no live decision ${id}`);
    const transition = ANSWERS[verb](before, { actor, reason, atMs: nowMs });
    if (!transition.ok) return refused('conflict', transition.reason);
    const after = transition.decision;
    const cut = verb === 'approve' ? this.#operatorCut(before.target, nowMs) : undefined;
    if (cut && !force) return refusedBy(cut);
    const preface = cut ? [forced(cut, actor, nowMs)] : [];
    const isFirstOfTwo = verb === 'approve' && after.state !== 'active';
    const move: Move = { type: isFirstOfTwo ? 'decision.endorsed' : PAST[verb], before, after };
    const [result] = this.#parts.desk.move([move], { actor, atMs: nowMs, sync: true, preface });
    if (verb !== 'approve') this.attempts.decline(before, nowMs);
    return { ok: true, result };
  }

  /** A person's own block or quarantine. `force`: though it cuts an operator's path. */
  enact({ target, ttlMs, actor, reason, force = false }: Params<'enact'>, nowMs: number): Outcome<Decision> {
    const veto = checkManual(target, this.#context(nowMs), { force });
    if (veto) return refusedBy(veto);
    const { compiled } = this.#parts.inForce();
    const kept = keepReachable(target, compiled.neverBlock);
    const { twoPersons } = compiled.guardrails;
    const proposal = manualProposal(kept, ttlMs, actor, reason, twoPersons);
    const after = propose(proposal, this.#parts.desk.nextId(), nowMs);
    const cut = force ? this.#operatorCut(target, nowMs) : undefined;
    const preface = cut ? [forced(cut, actor, nowMs)] : [];
    const move = { type: 'decision.proposed', before: undefined, after } as const;
    const [result] = this.#parts.desk.move([move], { actor, atMs: nowMs, sync: true, preface });
    return { ok: true, result };
  }

  /** Whether this would cut the path of an operator. */
  #operatorCut(target: Target, nowMs: number): Veto | undefined {
    const veto = checkManual(target, this.#context(nowMs));
    return veto?.guardrail === 'operators' ? veto : undefined;
  }

  /** Why a person may not block this. @throws AddressError */
  vetoOf(target: Target, nowMs: number): Veto | undefined {
    return checkManual(target, this.#context(nowMs));
  }

  /** Blocks that a policy with this never-block list would lift. */
  liftedBy(neverBlock: NeverBlock): Decision[] {
    return this.#parts.desk.active.forbiddenBy(neverBlockGuard(neverBlock));
  }

  /** Another policy is in force: lift automatic blocks that its never-block list forbids. */
  honourNeverBlock(actor: string, nowMs: number): void {
    const { policy, compiled } = this.#parts.inForce();
    const { neverBlock } = compiled;
    // What came since was measured by it, and there may be a hundred thousand.
    if (this.#honoured && isDeepStrictEqual(this.#honoured, policy.neverBlock)) return;
    this.#honoured = policy.neverBlock;
    const { active, pending } = this.#parts.desk;
    const forbidden: Decision[] = [];
    const isKnown = this.#recording([], () => {
      forbidden.push(...active.forbiddenBy(neverBlock), ...pending.forbiddenBy(neverBlock));
    });
    if (!isKnown) this.#honoured = undefined;
    for (const before of forbidden) {
      const reason = neverBlockReason(before.target, neverBlock);
      const answering = { actor, atMs: nowMs, reason: `the policy protects it: ${reason}` };
      const isPending = before.state === 'pending';
      const transition = isPending ? reject(before, answering) : revoke(before, answering);
      // Its time is over by the clock of now; it goes on when that was set and could not be followed yet.
      if (!transition.ok) {
        this.#honoured = undefined;
        continue;
      }
      const type = isPending ? 'decision.rejected' : 'decision.revoked';
      const move = { type, before, after: transition.decision } as const;
      const order = { actor, atMs: nowMs, sync: true };
      if (!this.#recording([], () => void this.#parts.desk.move([move], order))) this.#honoured = undefined;
    }
  }

  /** A person has closed it, and that is recorded. */
  dropIncident(id: string, reason: string): void {
    this.attempts.forget(id);
    const { incidents, cases } = this.#parts;
    if (incidents.close(id, reason) === undefined) cases.close(id, reason);
  }

  /** Close what is quiet, write down what went on. */
  sweepIncidents(nowMs: number): void {
    const { incidents, cases } = this.#parts;
    const drafts: EntryDraft[] = [...incidents.takeUpdated(), ...cases.takeUpdated()].map((incident) => ({
      type: 'incident.updated',
      actor: 'penstock',
      atMs: nowMs,
      body: { incident },
    }));
    const closures = [...incidents.sweep(nowMs), ...cases.sweep(nowMs)];
    drafts.push(...closures.map((closure) => this.#closure(closure, 'penstock', nowMs)));
    this.record(drafts);
  }

  /** Write entries that nothing depends on. */
  record(drafts: readonly EntryDraft[]): void {
    this.#recording(drafts, () => void this.#parts.journal.write(drafts, { sync: false }));
  }

  #respond(incident: Incident, flow: Flow, preface: EntryDraft[], eventAtMs: number, nowMs: number): void {
    const { compiled } = this.#parts.inForce();
    const outcome = decide(incident, flow, compiled, this.#context(nowMs), nowMs);
    const service = serviceNumber(flow);
    if (outcome.kind === 'alert') {
      this.attempts.never(incident.id, service);
      this.#parts.journal.write(preface, { sync: false });
    } else if (outcome.kind === 'withhold') {
      this.attempts.never(incident.id, service);
      this.#withhold(incident, outcome, preface, nowMs);
    } else if (outcome.kind === 'veto') {
      this.attempts.later(incident.id, service, nowMs);
      this.#veto(incident, flow, outcome, preface, nowMs);
    } else if (this.#isSettled(outcome, nowMs)) {
      this.attempts.later(incident.id, service, nowMs);
      this.#parts.journal.write(preface, { sync: false });
    } else {
      this.#act(outcome, preface, eventAtMs, nowMs);
    }
  }

  #act({ proposal, subject }: Act, preface: EntryDraft[], eventAtMs: number, nowMs: number): void {
    const { desk, onBlocked, safeguards } = this.#parts;
    const after = propose(proposal, desk.nextId(), nowMs);
    const move = { type: 'decision.proposed', before: undefined, after, subject } as const;
    const onEnforced = () => {
      if (standsInKernel(after)) onBlocked(eventAtMs);
    };
    try {
      desk.move([move], { actor: 'penstock', atMs: nowMs, sync: false, preface, onEnforced });
    } finally {
      // The kernel does not wait for the count. What could not be recorded counts too: it is tried again.
      safeguards.acted(nowMs);
    }
  }

  #veto(
    incident: Incident,
    flow: Flow,
    { guardrail, reason, proposal }: Extract<Decided, { kind: 'veto' }>,
    preface: EntryDraft[],
    nowMs: number,
  ): void {
    const { action, target } = proposal;
    const decision = { incident: incident.id, action, target };
    const veto: EntryDraft = {
      type: 'decision.vetoed',
      actor: 'penstock',
      atMs: nowMs,
      body: { decision, guardrail, reason },
    };
    const isNews = this.attempts.veto(incident.id, guardrail);
    this.#parts.journal.write(isNews ? [...preface, veto] : preface, { sync: false });
    this.#parts.safeguards.vetoed(incident.id, guardrail, nowMs);
    if (guardrail === 'rate' && this.#deferred.size < MAX_DEFERRED)
      this.#deferred.set(incident.id, { incident, flow: copyFlow(flow) });
  }

  /** What would have been done, for the record; once an incident. */
  #withhold(
    { id }: Incident,
    { proposal: { action, target }, reason }: Extract<Decided, { kind: 'withhold' }>,
    preface: EntryDraft[],
    nowMs: number,
  ): void {
    const body = { decision: { incident: id, action, target }, reason };
    const withheld: EntryDraft = { type: 'decision.withheld', actor: 'penstock', atMs: nowMs, body };
    const isNews = this.attempts.veto(id, 'canary');
    this.#parts.journal.write(isNews ? [...preface, withheld] : preface, { sync: false });
  }

  /** A decision covers it, one that would waits for approval, or somebody said no. */
  #isSettled({ proposal, subject }: Act, nowMs: number): boolean {
    const { desk } = this.#parts;
    const decided = desk.active.coveringAll(subject) ?? desk.pending.coveringAll(subject);
    return decided !== undefined || this.attempts.isDeclined(proposal.target, nowMs);
  }

  #context(nowMs: number): GuardrailContext {
    return this.#parts.safeguards.context(nowMs);
  }

  #closure({ incident, reason }: Closure, actor: string, atMs: number): EntryDraft {
    this.attempts.forget(incident.id);
    return { type: 'incident.closed', actor, atMs, body: { incident, reason } };
  }

  /** Without a record there is no block: say so where it is still heard, and try again with the next flow. */
  #recording(drafts: readonly EntryDraft[], work: () => void): boolean {
    try {
      work();
      return true;
    } catch (error) {
      this.#unrecorded(error, drafts);
      return false;
    }
  }

  #unrecorded(error: unknown, drafts: readonly EntryDraft[]): void {
    if (!(error instanceof LedgerError)) throw error;
    const about = drafts.map(({ type }) => type).join(', ') || 'a decision';
    this.#parts.journal.log('error', `not recorded, so not done: ${about}: ${error.message}`);
  }
}

const PAST = {
  approve: 'decision.approved',
  reject: 'decision.rejected',
  revoke: 'decision.revoked',
} as const satisfies Record<string, DecisionEntryType>;

/** The incident as what it is about now: one detector's evidence. */
function incidentOf(incident: Incident, { evidence }: Lead): Incident {
  const { detector, happened } = evidence;
  return { ...incident, cause: detector, count: 1, reasons: [happened] };
}

function serviceNumber({ protocol, destinationPort }: Flow): number {
  return protocol * 65_536 + destinationPort;
}

function refusedBy({ guardrail, reason }: Veto): Outcome<never> {
  const message =
    guardrail === 'operators' ? `${reason}: it would be cut off; do it with force if that is meant` : reason;
  return { ok: false, refusal: { code: 'refused', message, guardrail } };
}

function forced({ guardrail, reason }: Veto, actor: string, atMs: number): EntryDraft {
  return { type: 'guardrail.forced', actor, atMs, body: { guardrail, reason } };
}

function refused(code: 'notFound' | 'conflict', message: string): Outcome<never> {
  return { ok: false, refusal: { code, message } };
}
