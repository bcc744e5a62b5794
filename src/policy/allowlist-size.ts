/** Whether the kernel can hold what a policy allows: asked when the policy is loaded, not when it is put in force. */
import { AllowlistBound } from './allowlist-bound.ts';
import { MAX_ALLOW_BOXES } from './compiled-policy.ts';
import { AllowlistTooLarge } from './matcher/allow-boxes.ts';
import { RuleMatcher } from './matcher/rule-matcher.ts';
import type { Policy } from './policy.ts';
import type { Place, Problem } from './problem.ts';

/** Of the policy that was found small enough last. */
let last: AllowlistBound | undefined;

/** As if every schedule were open and no rule expired: what it comes to at any moment is hardly more. `places`: of the rules. */
export function allowlistProblems(policy: Policy, places: readonly Place[]): Problem[] {
  if (policy.mode !== 'enforce') return [];
  const bound = last?.after(policy);
  if (bound !== undefined && Math.max(bound.most[4], bound.most[6]) <= MAX_ALLOW_BOXES) {
    last = bound;
    return [];
  }
  const rules = policy.rules.map((rule) => ({ ...rule, schedule: null, expiresMs: null }));
  const matcher = new RuleMatcher({ ...policy, rules });
  matcher.setTime(0);
  try {
    const [four, six] = ([4, 6] as const).map((family) => matcher.allowBoxes(family, MAX_ALLOW_BOXES));
    last = AllowlistBound.of(policy, matcher.hosts, { 4: four, 6: six });
    return [];
  } catch (error) {
    if (!(error instanceof AllowlistTooLarge)) throw error;
    const { id } = policy.rules[error.rule];
    const message = `mode enforce would put more than ${MAX_ALLOW_BOXES} elements into the kernel; rule '${id}' has most of them, ${error.boxes} and more: one for each network of its hosts with each of its destinations and services`;
    return [{ ...places[error.rule], message, expected: 'fewer, wider networks in its groups and sets' }];
  }
}
