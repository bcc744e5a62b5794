/** Carries out that one decision is undone alone (what that means is in undo.ts). */
import type { Entry, Recorded } from '../ledger/entry.ts';
import type { Answering, Outcome, Refusal, Undone } from './commands.ts';
import type { DecisionEntryType, Move } from './decision-desk.ts';
import type { Engine } from './engine.ts';
import { lastChangeOf, planUndo } from './undo.ts';

/** More than a decision can have. */
const MOST_CHANGES = 1_000;

/** @throws LedgerError, and then nothing has changed */
export function undoDecision(
  engine: Engine,
  { id, actor, reason }: Answering,
  nowMs: number,
): Outcome<Undone> {
  const { desk, journal, ledger, policies, responder } = engine;
  const entries = ledger.queries.entries({ type: 'decision', subject: id, limit: MOST_CHANGES });
  const change = lastChangeOf(entries.filter(isChange));
  if (change === undefined) return refuse('notFound', `there is no decision ${id}`);
  const is = desk.get(id) ?? change.after;
  const plan = planUndo(change, is, { actor, reason, nowMs, newId: () => desk.nextId() });
  if (!plan.ok) return refuse('conflict', plan.reason);
  const refusal = standsInTheWay(engine, plan.moves, nowMs);
  if (refusal) return refusal;
  const settled = desk.move(plan.moves, {
    actor,
    atMs: nowMs,
    sync: true,
    revision: {
      kind: 'decision',
      reason: reason === '' ? plan.reason : `${plan.reason}: ${reason}`,
      policyDigest: policies.inForce.policy.digest,
      restoredFrom: null,
    },
  });
  const ofMove = (wanted: boolean) =>
    settled.find((_, i) => (plan.moves[i].before === undefined) === wanted) ?? null;
  const [withdrawn, reinstated] = [ofMove(false), ofMove(true)];
  // Or it would be blocked anew with the next packet.
  if (withdrawn && !reinstated) responder.attempts.decline(withdrawn, nowMs);
  return { ok: true, result: { revision: journal.lastRevision, undone: id, withdrawn, reinstated } };
}

function isChange(entry: Entry): entry is Entry & Recorded<DecisionEntryType> {
  return entry.type.startsWith('decision.') && entry.type !== 'decision.vetoed';
}

/** What comes back alone is a block made anew: it is held to what a person's block is held to. */
function standsInTheWay({ desk, responder }: Engine, moves: readonly Move[], nowMs: number) {
  const [{ before, after }] = moves;
  if (before !== undefined) return undefined;
  const already = desk.active.covering(after.target) ?? desk.pending.covering(after.target);
  if (already) return refuse('conflict', `${already.id} is about that already`);
  const veto = responder.vetoOf(after.target, nowMs);
  return veto && refuse('refused', veto.reason, veto.guardrail);
}

function refuse(code: Refusal['code'], message: string, guardrail?: string): Outcome<never> {
  return { ok: false, refusal: { code, message, ...(guardrail !== undefined && { guardrail }) } };
}
