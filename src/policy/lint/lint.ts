/** What is allowed in a policy but probably not meant. Warnings, never reasons to refuse. */
import type { PolicyPlaces } from '../places.ts';
import type { Policy } from '../policy.ts';
import { type Problem, ProblemList } from '../problem.ts';
import { lintAddresses } from './addresses.ts';
import { lintNames } from './names.ts';
import { lintRules } from './rules.ts';
import { lintShadows } from './shadows.ts';

/** `nowMs`: for expiry. */
export function lintPolicy(policy: Policy, places: PolicyPlaces, nowMs: number): Problem[] {
  const warnings = new ProblemList();
  lintRules(policy, places, nowMs, warnings);
  lintShadows(policy, places, nowMs, warnings);
  lintNames(policy, places, warnings);
  lintAddresses(policy, places, warnings);
  return warnings.list();
}
