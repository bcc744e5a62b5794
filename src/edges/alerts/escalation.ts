/**
 * Whom to tell when nobody answers. Pure; of each question the steps are counted from when it was asked, or asked anew:
 *
 *   asked ---- after 5m ----> step 1 ---- after 10m ----> step 2 ...     ends with an answer, or with its time
 *
 * What was told already is in the ledger, so a restart repeats nothing.
 */
import type { EntryBodies } from '../../ledger/entry.ts';
import type { EscalationStep } from './escalation-settings.ts';

/** What somebody has to answer. */
export type Question = EntryBodies['alert.escalated']['waiting'];

/** The steps that are due and not told yet; `told` are the numbers of those that are. */
export function dueSteps(
  question: Question,
  steps: readonly EscalationStep[],
  told: ReadonlySet<number>,
  nowMs: number,
): EntryBodies['alert.escalated'][] {
  if (question.answerByMs !== null && nowMs >= question.answerByMs) return [];
  return steps
    .map(({ after, sinks }, at) => ({ waiting: question, step: at + 1, afterMs: after, sinks }))
    .filter(({ step, afterMs }) => !told.has(step) && nowMs >= question.askedAtMs + afterMs);
}
