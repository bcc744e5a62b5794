/**
 * One decision undone alone: whatever its last change was is taken back, by a new revision. Nothing is rewritten, and
 * no time is given that a decision did not have.
 *
 *   last change of D7                     what undoing does
 *
 *   proposed, stands                      D7 revoked
 *   proposed, waits for approval          D7 rejected
 *   reinstated                            D7 revoked, or rejected while it waits
 *   approved, or by the first of two      D7 revoked; as before the approval again (D9), until the same moment; when
 *                                         that is over, revoked only
 *   rejected                              as before again (D9): it stands or waits until the same moment
 *   revoked                               as before again (D9), with the end that it had
 *   lapsed                                the question is asked again (D9): as long as there was for the answer
 *                                         the first time, standing meanwhile if it stood
 *   expired                               refused: it had all of its time
 *
 * That a quarantine follows its host to further addresses is no change of this kind.
 *
 * Refused as well: what would have no time left, what another decision blocks already, and what a guardrail forbids
 * by now. To undo it again, undo the decision that the undoing made.
 */
import type { Decision } from '../decision/decision.ts';
import { dueAt, reject, revoke, standsInKernel } from '../decision/life-cycle.ts';
import type { Recorded } from '../ledger/entry.ts';
import type { DecisionEntryType, Move } from './decision-desk.ts';

/** What people and time do to a decision. */
/** Nobody decided these. */
type Consequence = 'decision.extended' | 'decision.rescheduled';
type Change = Exclude<DecisionEntryType, Consequence>;

/** The last change of a decision, and what it was before; undefined for one that was new. */
export interface LastChange {
  readonly type: Change;
  readonly before: Decision | undefined;
  readonly after: Decision;
}

export interface UndoOrder {
  readonly actor: string;
  readonly reason: string;
  readonly nowMs: number;
  /** Asked for when the undoing makes a decision. */
  readonly newId: () => string;
}

export type UndoPlan =
  | { readonly ok: true; readonly moves: readonly Move[]; readonly reason: string }
  /** `reason` is a sentence for a person. */
  | { readonly ok: false; readonly reason: string };

type DecisionEntry = { [T in DecisionEntryType]: Recorded<T> }[DecisionEntryType];

/** @param entries all that was recorded of one decision's changes, in order */
export function lastChangeOf(entries: readonly DecisionEntry[]): LastChange | undefined {
  const place = entries.findLastIndex(({ type }) => !isConsequence(type));
  const last = entries[place];
  if (last === undefined || isConsequence(last.type)) return undefined;
  return { type: last.type, before: entries[place - 1]?.body.decision, after: last.body.decision };
}

function isConsequence(type: DecisionEntryType): type is Consequence {
  return type === 'decision.extended' || type === 'decision.rescheduled';
}

/** `is`: the decision as it is now. */
export function planUndo({ type, before, after }: LastChange, is: Decision, order: UndoOrder): UndoPlan {
  const what = `${after.id} ${WORDS[type]}`;
  const again = before && againOf(type, before, order, what);
  const isOver = again !== undefined && (dueAt(again) ?? 0) <= order.nowMs;
  switch (type) {
    case 'decision.proposed':
    case 'decision.reinstated':
      return withdraw(is, order, what);
    case 'decision.approved':
    case 'decision.endorsed': {
      const withdrawn = withdraw(is, order, what);
      if (!withdrawn.ok || again === undefined || isOver) return withdrawn;
      return { ...withdrawn, moves: [...withdrawn.moves, comeBack(again, order)] };
    }
    case 'decision.rejected':
    case 'decision.revoked':
    case 'decision.lapsed':
      if (again === undefined) return { ok: false, reason: `${what}, and what it was before is not known` };
      if (isOver)
        return { ok: false, reason: `${what}, and the time that it had is over by now: block it anew` };
      return { ok: true, moves: [comeBack(again, order)], reason: `undoes that ${what}` };
    case 'decision.expired':
      return { ok: false, reason: `${what}: it had all of its time; block it anew` };
  }
}

const WORDS: Record<Change, string> = {
  'decision.proposed': 'was proposed',
  'decision.reinstated': 'was reinstated',
  'decision.approved': 'was approved',
  'decision.endorsed': 'was approved by the first of two persons',
  'decision.rejected': 'was rejected',
  'decision.revoked': 'was revoked',
  'decision.lapsed': 'was not answered in time',
  'decision.expired': 'has run out',
};

function withdraw(before: Decision, { actor, reason, nowMs }: UndoOrder, what: string): UndoPlan {
  const isPending = before.state === 'pending';
  const answering = { actor, atMs: nowMs, reason: reason || `undoes that ${what}` };
  const transition = isPending ? reject(before, answering) : revoke(before, answering);
  if (!transition.ok) return transition;
  const type = isPending ? 'decision.rejected' : 'decision.revoked';
  return {
    ok: true,
    moves: [{ type, before, after: transition.decision }],
    reason: `undoes that ${what}`,
  };
}

/** As it was before its last change, still under the old number. */
function againOf(type: Change, was: Decision, { nowMs }: UndoOrder, what: string): Decision {
  const enforcement = { status: standsInKernel(was) ? 'pending' : 'none' } as const;
  const again: Decision = { ...was, reason: `undoes that ${what}: ${was.reason}`, enforcement };
  if (type !== 'decision.lapsed' || was.answerByMs === null) return again;
  const answerByMs = nowMs + (was.answerByMs - was.createdAtMs);
  const expiresAtMs = standsInKernel(was) ? answerByMs : null;
  return { ...again, createdAtMs: nowMs, answerByMs, expiresAtMs, answers: [] };
}

/** Under a new number, for a decision that has ended never lives again. */
function comeBack(again: Decision, { newId }: UndoOrder): Move {
  return { type: 'decision.reinstated', before: undefined, after: { ...again, id: newId() } };
}
