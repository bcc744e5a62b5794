/** What a decision is made of before it has an id and a state. */
import type { Action, Approval, Origin, Target } from './decision.ts';

export interface Proposal {
  readonly incident: string | null;
  readonly origin: Origin;
  readonly action: Action;
  readonly target: Target;
  readonly approval: Approval;
  readonly ttlMs: number;
  /** How long an answer is waited for; null when none is needed. */
  readonly answerWithinMs: number | null;
  readonly reason: string;
}

/** A block or quarantine by a person: it stands at once, for its ttl. */
export function manualProposal(target: Target, ttlMs: number, actor: string, reason: string): Proposal {
  return {
    incident: null,
    origin: { kind: 'manual', actor },
    action: target.kind === 'host' ? 'quarantine' : 'block',
    target,
    approval: 'none',
    ttlMs,
    answerWithinMs: null,
    reason,
  };
}
