/** What of the blocks made while a policy was on trial outlives it, when nobody confirmed it. */
import { isDeepStrictEqual } from 'node:util';
import type { Decision } from '../decision/decision.ts';
import type { Trial } from '../ledger/trial.ts';
import type { Policy } from '../policy/policy.ts';

/** The policy's own word: another one judges every standing connection anew, and blocks what it finds itself. */
const SAID_BY_POLICY: ReadonlySet<string> = new Set(['policyViolation', 'denyList', 'limit']);

/**
 * What a person blocked or answered, and what a detector found that both policies answer alike.
 * @param tried undefined when it cannot be read any more
 */
export function sparedBy(trial: Trial, good: Policy, tried: Policy | undefined) {
  return ({ id, origin, answers }: Pick<Decision, 'id' | 'origin' | 'answers'>): boolean => {
    // Whoever made it once, it stands because of the rollback; what was answered before came with it.
    if (trial.reinstates?.includes(id)) return answers.some(({ atMs }) => atMs > trial.begunAtMs);
    if (answers.some(({ atMs }) => atMs >= trial.begunAtMs)) return true;
    if (origin.kind === 'manual') return true;
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
