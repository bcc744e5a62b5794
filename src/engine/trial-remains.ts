/** What of the blocks made while a policy was on trial outlives it, when nobody confirmed it. */
import { isDeepStrictEqual } from 'node:util';
import type { Decision } from '../decision/decision.ts';
import type { LedgerQueries } from '../ledger/queries.ts';
import type { Trial } from '../ledger/trial.ts';
import type { Policy } from '../policy/policy.ts';

/** The policy's own word: another one judges every standing connection anew, and blocks what it finds itself. */
const SAID_BY_POLICY: ReadonlySet<string> = new Set(['policyViolation', 'denyList', 'limit']);

const ANSWERS = ['decision.approved', 'decision.endorsed'];
const ALL = 1_000_000;

export interface Tried {
  readonly trial: Trial;
  /** The policy before it. */
  readonly good: Policy;
  /** The policy on trial; undefined when it cannot be read any more. */
  readonly tried: Policy | undefined;
}

/** What a person blocked, answered or brought back, and what a detector found that both policies answer alike. */
export function sparedBy({ trial, good, tried }: Tried, queries: Pick<LedgerQueries, 'entries'>) {
  const [begun] = queries.entries({ type: 'trial.begun', subject: String(trial.revision), limit: 1 });
  // By the order in the ledger: a clock that was set meanwhile says nothing of what came first.
  const since = { after: begun?.seq };
  const wasAnswered = (subject: string) =>
    ANSWERS.some((type) => queries.entries({ type, subject, ...since, limit: 1 }).length > 0);
  const returned = new Set(
    queries.entries({ type: 'decision.reinstated', ...since, limit: ALL }).map(({ subject }) => subject),
  );
  return ({ id, origin, answers }: Pick<Decision, 'id' | 'origin' | 'answers'>): boolean => {
    if (answers.length > 0 && wasAnswered(id)) return true;
    // Whoever made it once, it stands because of the rollback; what was answered before came with it.
    if (trial.reinstates?.includes(id)) return false;
    if (origin.kind === 'manual' || returned.has(id)) return true;
    if (SAID_BY_POLICY.has(origin.detector)) return false;
    return (
      tried !== undefined &&
      isDeepStrictEqual(answerOf(good, origin.detector), answerOf(tried, origin.detector))
    );
  };
}

function answerOf({ response }: Policy, detector: string) {
  return Object.entries(response.byDetector).find(([name]) => name === detector)?.[1] ?? response.default;
}
