/** What tells rules apart whose hits are counted apart: the id, and from where to what by which services. */
import { hash } from 'node:crypto';
import { formatPrefix } from '../address/prefix.ts';
import type { Rule } from '../policy/policy.ts';

/** A rule that did not change is the same object in the next policy (policy-parcel.ts). */
const keys = new WeakMap<Rule, string>();

/** Equal for rules that say the same; it is in the ledger. */
export function ruleKey(rule: Rule): string {
  return keys.getOrInsertComputed(rule, makeKey);
}

export function sayTheSame(x: Rule, y: Rule): boolean {
  return x === y || (x.id === y.id && ruleKey(x) === ruleKey(y));
}

function makeKey({ id, from, to, keys }: Rule): string {
  const text = JSON.stringify([from, to.sets, to.cidrs.map(formatPrefix), keys]);
  return `${id} ${hash('sha256', text, 'hex').slice(0, 16)}`;
}
