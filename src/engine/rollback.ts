/**
 * Makes policy and blocks what they were at a revision. Nothing is rewritten: what stands now and did not then is
 * revoked, what stood then and does not now is decided anew, with the end it had then.
 *
 *   then    D1 provisional till 12:00    D2 active till 15:00    D3 active till 11:00
 *   now     D1 approved, till 16:00      D2 revoked              D3 expired            D4 active     (it is 11:30)
 *   after   D1 revoked, D5 = D1 of then  D6 = D2 of then         (its time is over)    D4 revoked
 *
 * A policy that protects what automation has blocked is put in force a revision before the block goes: who goes back to
 * that one revision gets the policy, not the block.
 */
import type { Decision } from '../decision/decision.ts';
import { revoke } from '../decision/life-cycle.ts';
import type { RollbackResult } from './commands.ts';
import type { DecisionDesk, Move } from './decision-desk.ts';

export interface RollbackPlan {
  readonly moves: readonly Move[];
  readonly result: Omit<RollbackResult, 'revision' | 'policyChanged'>;
}

export interface RollbackOrder {
  readonly to: number;
  /** What stood at that revision, as it was then. */
  readonly then: readonly Decision[];
  readonly actor: string;
  readonly reason: string;
  readonly nowMs: number;
  /** Of what stands now and did not then: what may stay. Nothing, when left out. */
  readonly spares?: (is: Decision) => boolean;
  /** Of what stood then and does not now: what comes back. All, when left out. */
  readonly returns?: (was: Decision) => boolean;
  /** What the policy of that revision forbids to block. */
  readonly forbids: (was: Decision) => boolean;
}

export function planRollback(desk: DecisionDesk, order: RollbackOrder): RollbackPlan {
  const { to, then, nowMs, spares = () => false, returns: comesBack = () => true, forbids } = order;
  const isLiving = ({ expiresAtMs }: Decision) => expiresAtMs !== null && expiresAtMs > nowMs;
  const living = then.filter(isLiving);
  const now = desk.active.values();
  // By id: there may be a hundred thousand of both.
  const standing = new Map(now.map((is) => [is.id, is]));
  const kept = new Set(living.filter((was) => isSame(standing.get(was.id), was)).map(({ id }) => id));
  const lifts = now.filter((is) => !kept.has(is.id) && !spares(is)).flatMap((is) => lift(is, order));
  const missing = living.filter((was) => !kept.has(was.id) && comesBack(was));
  const returns = missing.filter((was) => !forbids(was)).map((was) => reinstate(desk, was, order));
  return {
    moves: [...lifts, ...returns],
    result: {
      restoredFrom: to,
      lifted: lifts.map(({ after }) => after.id),
      reinstated: returns.map(({ after }) => after.id),
      expired: then.filter((was) => !isLiving(was)).map(({ id }) => id),
      protected: missing.filter(forbids).map(({ id }) => id),
    },
  };
}

function isSame(is: Decision | undefined, was: Decision): boolean {
  return is?.state === was.state && is.expiresAtMs === was.expiresAtMs;
}

function lift(before: Decision, { to, actor, reason, nowMs }: RollbackOrder): Move[] {
  const transition = revoke(before, { actor, atMs: nowMs, reason: rollbackReason(to, reason) });
  if (!transition.ok) return [];
  return [{ type: 'decision.revoked', before, after: transition.decision }];
}

/** A new decision, for one that has ended never lives again; with the times of the old one, so that the kernel's table is the same. */
function reinstate(desk: DecisionDesk, was: Decision, { to }: RollbackOrder): Move {
  const after: Decision = {
    ...was,
    id: desk.nextId(),
    reason: `rollback to revision ${to} reinstates ${was.id}: ${was.reason}`,
    enforcement: { status: 'pending' },
  };
  return { type: 'decision.reinstated', before: undefined, after };
}

/** What is recorded with all that a rollback does. */
export function rollbackReason(to: number, reason: string): string {
  return reason === '' ? `rollback to revision ${to}` : `rollback to revision ${to}: ${reason}`;
}
