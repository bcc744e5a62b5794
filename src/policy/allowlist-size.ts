/** Whether the kernel can hold what a policy allows: asked when the policy is loaded, not when it is put in force. */
import { compilePolicy, MAX_ALLOW_BOXES } from './compiled-policy.ts';
import { AllowlistTooLarge } from './matcher/allow-boxes.ts';
import type { Policy } from './policy.ts';
import type { Problem } from './problem.ts';

/** As if every schedule were open and no rule expired: what it comes to at any moment is hardly more. */
export function allowlistProblems(policy: Policy): Problem[] {
  if (policy.mode !== 'enforce') return [];
  const rules = policy.rules.map((rule) => ({ ...rule, schedule: null, expiresMs: null }));
  const compiled = compilePolicy({ ...policy, rules, denyLists: [] });
  try {
    for (const family of [4, 6] as const) compiled.allowBoxes(family, 0);
    return [];
  } catch (error) {
    if (!(error instanceof AllowlistTooLarge)) throw error;
    const { id, place } = policy.rules[error.rule];
    const message = `mode enforce would put more than ${MAX_ALLOW_BOXES} elements into the kernel; rule '${id}' has most of them, ${error.boxes} and more: one for each network of its hosts with each of its destinations and services`;
    return [{ ...place, message, expected: 'fewer, wider networks in its groups and sets' }];
  }
}
