/** What a decision is made of before it has an id and a state. */
import type { Guardrails } from '../policy/policy.ts';
import type { Action, Approval, Origin, Target } from './decision.ts';

type TwoPersons = Guardrails['twoPersons'];

export interface Proposal {
  readonly incident: string | null;
  readonly origin: Origin;
  readonly action: Action;
  readonly target: Target;
  readonly approval: Approval;
  readonly ttlMs: number;
  /** How long an answer is waited for; null when none is needed. */
  readonly answerWithinMs: number | null;
  /** How many different persons must want it; left out: one, who answers. */
  readonly persons?: 2;
  readonly reason: string;
}

/** How long the second person is waited for, ms. */
const SECOND_PERSON_WITHIN_MS = 30 * 60_000;

/** A block or quarantine by a person: it stands at once, for its ttl, unless the policy wants a second person. */
export function manualProposal(
  target: Target,
  ttlMs: number,
  actor: string,
  reason: string,
  twoPersons: Pick<TwoPersons, 'quarantine'>,
): Proposal {
  const waits = target.kind === 'host' && twoPersons.quarantine;
  return {
    incident: null,
    origin: { kind: 'manual', actor },
    action: target.kind === 'host' ? 'quarantine' : 'block',
    target,
    approval: waits ? 'required' : 'none',
    ttlMs,
    answerWithinMs: waits ? SECOND_PERSON_WITHIN_MS : null,
    ...(waits && { persons: 2 }),
    reason,
  };
}
