/** What is allowed in a policy but probably not meant. Warnings, never reasons to refuse. */
import type { Policy } from '../policy.ts';
import { type Problem, ProblemList } from '../problem.ts';
import { lintAddresses } from './addresses.ts';
import { lintNames } from './names.ts';
import { lintRules } from './rules.ts';
import { lintShadows } from './shadows.ts';

/** `nowMs`: for expiry. */
export function lintPolicy(policy: Policy, nowMs: number): Problem[] {
  const warnings = new ProblemList();
  lintRules(policy, nowMs, warnings);
  lintShadows(policy, nowMs, warnings);
  lintNames(policy, warnings);
  lintAddresses(policy, warnings);
  return warnings.list();
}
