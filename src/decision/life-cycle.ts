/** The state machine drawn in decision.ts, as functions from one decision to the next. */
import type { Answer, Decision, DecisionState } from './decision.ts';
import type { Proposal } from './proposal.ts';

export type Transition =
  | { readonly ok: true; readonly decision: Decision }
  /** `reason` is a sentence for a person. */
  | { readonly ok: false; readonly reason: string };

/** Who answers, when (ms since the epoch) and why. */
export type Answering = Omit<Answer, 'verb'>;

/** Whether a decision of this state is a block in the kernel. */
export function standsInKernel({ state }: Pick<Decision, 'state'>): boolean {
  return state === 'provisional' || state === 'active';
}

/** When time alone changes the decision: it then lapses or expires. Undefined in a last state. */
export function dueAt({ state, answerByMs, expiresAtMs }: Decision): number | undefined {
  if (state === 'pending' || state === 'provisional') return answerByMs ?? undefined;
  return state === 'active' ? (expiresAtMs ?? undefined) : undefined;
}

/** `id` is new. */
export function propose(proposal: Proposal, id: string, atMs: number): Decision {
  const state = STATE_AFTER_PROPOSAL[proposal.approval];
  const answerByMs = state === 'active' ? null : atMs + (proposal.answerWithinMs ?? 0);
  return {
    incident: proposal.incident,
    origin: proposal.origin,
    action: proposal.action,
    target: proposal.target,
    approval: proposal.approval,
    ttlMs: proposal.ttlMs,
    persons: proposal.persons,
    reason: proposal.reason,
    id,
    state,
    createdAtMs: atMs,
    answerByMs,
    expiresAtMs: state === 'active' ? atMs + proposal.ttlMs : state === 'pending' ? null : answerByMs,
    answers: [],
    enforcement: { status: state === 'pending' ? 'none' : 'pending' },
  };
}

/** The clock was set by so many ms: it has the time left that it had, told by the clock of now. */
export function reschedule(decision: Decision, byMs: number): Decision {
  const shifted = (atMs: number | null) => (atMs === null ? null : atMs + byMs);
  return {
    ...decision,
    createdAtMs: decision.createdAtMs + byMs,
    answerByMs: shifted(decision.answerByMs),
    expiresAtMs: shifted(decision.expiresAtMs),
    enforcement: standsInKernel(decision) ? { status: 'pending' } : decision.enforcement,
  };
}

const STATE_AFTER_PROPOSAL = { none: 'active', provisional: 'provisional', required: 'pending' } as const;

/** The ttl counts from the approval. Of two that are needed the first changes nothing but the answers. */
export function approve(decision: Decision, answering: Answering): Transition {
  const no = refuse('approve', decision, ['pending', 'provisional'], answering.atMs);
  if (no) return no;
  const { atMs, actor } = answering;
  const { persons = 1 } = decision;
  const before = wantedBy(decision);
  if (persons > 1 && before.has(actor))
    return refusal(decision, `cannot approve it: ${actor} wants it already, and it takes another person`);
  if (before.size + 1 < persons) {
    const answers = [...decision.answers, { ...answering, verb: 'approve' as const }];
    return { ok: true, decision: { ...decision, answers } };
  }
  return {
    ok: true,
    decision: {
      ...decision,
      state: 'active',
      answerByMs: null,
      expiresAtMs: atMs + decision.ttlMs,
      answers: [...decision.answers, { ...answering, verb: 'approve' }],
      enforcement: { status: 'pending' },
    },
  };
}

/** Who has asked for it or approved it. */
function wantedBy({ origin, answers }: Decision): Set<string> {
  const approvers = answers.filter(({ verb }) => verb === 'approve').map(({ actor }) => actor);
  return new Set(origin.kind === 'manual' ? [origin.actor, ...approvers] : approvers);
}

export function reject(decision: Decision, answering: Answering): Transition {
  const refusal = refuse('reject', decision, ['pending', 'provisional'], answering.atMs);
  return refusal ?? { ok: true, decision: leave(decision, 'rejected', { ...answering, verb: 'reject' }) };
}

export function revoke(decision: Decision, answering: Answering): Transition {
  const refusal = refuse('revoke', decision, ['provisional', 'active'], answering.atMs);
  return refusal ?? { ok: true, decision: leave(decision, 'revoked', { ...answering, verb: 'revoke' }) };
}

/** Nobody answered in time. */
export function lapse(decision: Decision, atMs: number): Transition {
  return (
    refuseEarly('lapse', decision, ['pending', 'provisional'], atMs) ?? {
      ok: true,
      decision: leave(decision, 'lapsed'),
    }
  );
}

/** The ttl is over. */
export function expire(decision: Decision, atMs: number): Transition {
  return (
    refuseEarly('expire', decision, ['active'], atMs) ?? { ok: true, decision: leave(decision, 'expired') }
  );
}

/** A last state. Whoever stood in the kernel is to be taken out of it. */
function leave(decision: Decision, state: DecisionState, answer?: Answer): Decision {
  return {
    ...decision,
    state,
    answerByMs: null,
    answers: answer ? [...decision.answers, answer] : decision.answers,
    enforcement: standsInKernel(decision) ? { status: 'pending' } : { status: 'none' },
  };
}

function refuse(
  verb: Answer['verb'],
  decision: Decision,
  from: readonly DecisionState[],
  atMs: number,
): Transition | undefined {
  if (!from.includes(decision.state))
    return refusal(decision, `cannot ${verb} it: ${describeState(decision)}`);
  const due = dueAt(decision);
  if (due === undefined || atMs < due) return undefined;
  return refusal(decision, `cannot ${verb} it: its time was over at ${isoTime(due)}`);
}

function refuseEarly(
  verb: 'lapse' | 'expire',
  decision: Decision,
  from: readonly DecisionState[],
  atMs: number,
): Transition | undefined {
  if (!from.includes(decision.state)) return refusal(decision, `cannot ${verb}: ${describeState(decision)}`);
  const due = dueAt(decision);
  if (due !== undefined && atMs >= due) return undefined;
  return refusal(decision, `cannot ${verb} before ${due === undefined ? 'it is due' : isoTime(due)}`);
}

function refusal({ id }: Decision, reason: string): Transition {
  return { ok: false, reason: `${id} ${reason}` };
}

/** `it was rejected at 2026-10-05T12:00:00.000Z by laptop`. */
function describeState({ state, answers, expiresAtMs }: Decision): string {
  const last = answers.at(-1);
  switch (state) {
    case 'active':
    case 'rejected':
    case 'revoked':
      if (last) return `it was ${PAST[last.verb]} at ${isoTime(last.atMs)} by ${last.actor}`;
      return state === 'active' ? 'it is active and needs no answer' : `it is ${state}`;
    case 'expired':
      return `it expired${expiresAtMs === null ? '' : ` at ${isoTime(expiresAtMs)}`}`;
    case 'lapsed':
      return 'it lapsed because nobody answered in time';
    case 'pending':
      return 'it is pending: nothing stands yet, reject it instead';
    case 'provisional':
      return 'it is provisional';
  }
}

const PAST = { approve: 'approved', reject: 'rejected', revoke: 'revoked' } as const;

function isoTime(ms: number): string {
  return new Date(ms).toISOString();
}
