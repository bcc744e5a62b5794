import type { Policy } from './policy.ts';
import type { Problem } from './problem.ts';
export function lintPolicy(_policy: Policy, _nowMs: number): Problem[] {
  return [];
}
