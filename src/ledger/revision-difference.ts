/** What differs between two revisions: their policies, and the decisions that stood in the kernel at each. */
import type { Decision } from '../decision/decision.ts';
import { diffPolicies, type PolicyDifference } from '../policy/difference/policy-difference.ts';
import { loadPolicySources } from '../policy/loader.ts';
import type { Policy } from '../policy/policy.ts';
import type { LedgerQueries } from './queries.ts';
import type { Revision } from './revision.ts';

export interface RevisionDifference {
  readonly from: Revision;
  readonly to: Revision;
  /** null: the policy is the same. */
  readonly policy: PolicyDifference | null;
  /** Revisions whose policy this version cannot read, so that it is not compared. */
  readonly unreadable: readonly number[];
  readonly decisions: DecisionsDifference;
}

export interface DecisionsDifference {
  /** Stand at `to` and not at `from`. */
  readonly added: readonly Decision[];
  /** Stood at `from` and not at `to`. */
  readonly removed: readonly Decision[];
  /** Stand at both, but in another state or with another end. */
  readonly changed: readonly { readonly from: Decision; readonly to: Decision }[];
  /** Decisions that differ besides those listed. */
  readonly more: number;
}

/** Listed of each kind. */
const MAX_DECISIONS = 1_000;

/** undefined without such revisions */
export function diffRevisions(
  ledger: LedgerQueries,
  numbers: { from: number; to: number },
): RevisionDifference | undefined {
  const [from, to] = [ledger.revision(numbers.from), ledger.revision(numbers.to)];
  const [then, now] = [ledger.standingAt(numbers.from), ledger.standingAt(numbers.to)];
  if (!from || !to || !then || !now) return undefined;
  const decisions = diffDecisions(then, now);
  if (from.policyDigest === to.policyDigest) return { from, to, policy: null, unreadable: [], decisions };
  const read = [from, to].map((each) => ({ each, policy: policyOf(ledger, each) }));
  const unreadable = read.filter(({ policy }) => policy === undefined).map(({ each }) => each.number);
  const [before, after] = read.map(({ policy }) => policy);
  return { from, to, policy: before && after ? diffPolicies(before, after) : null, unreadable, decisions };
}

function policyOf(ledger: LedgerQueries, { policyDigest }: Revision): Policy | undefined {
  const sources = ledger.policySources(policyDigest);
  const loaded = sources && loadPolicySources(sources, { stored: true });
  return loaded?.ok ? loaded.policy : undefined;
}

/** A block that a rollback made anew, under another number, is the block that it was. */
export function diffDecisions(then: readonly Decision[], now: readonly Decision[]): DecisionsDifference {
  const byId = new Map(now.map((each) => [each.id, each]));
  const kept = then.filter(({ id }) => byId.has(id));
  const pairs = kept.map((from) => ({ from, to: byId.get(from.id) as Decision }));
  const others = new Set(then.map(({ id }) => id));
  const spare = Map.groupBy(
    now.filter(({ id }) => !others.has(id)),
    blockOf,
  );
  // Takes each twin out, so that it stands for one decision only.
  const removed = then.filter(
    (from) => !byId.has(from.id) && spare.get(blockOf(from))?.shift() === undefined,
  );
  const changed = pairs.filter(({ from, to }) => blockOf(from) !== blockOf(to));
  const added = [...spare.values()].flat();
  const bounded = <T>(items: readonly T[]) => items.slice(0, MAX_DECISIONS);
  const more = [added, removed, changed].reduce(
    (sum, { length }) => sum + Math.max(0, length - MAX_DECISIONS),
    0,
  );
  return { added: bounded(added), removed: bounded(removed), changed: bounded(changed), more };
}

/** What of a decision stands in the kernel. */
function blockOf({ target, action, state, expiresAtMs }: Decision): string {
  return JSON.stringify([target, action, state, expiresAtMs]);
}
