/** What another policy would change, for a person to read before it is applied. */
import { isDeepStrictEqual } from 'node:util';
import { formatAddress } from '../address/address.ts';
import type { Flow } from '../flow/flow.ts';
import type { FlowTable } from '../flow/flow-table.ts';
import { formatService, serviceOf } from '../incident/service.ts';
import { compilePolicy } from '../policy/compiled-policy.ts';
import { withFetched } from '../policy/feed/carry-over.ts';
import type { Policy } from '../policy/policy.ts';
import type { Verdict } from '../policy/verdict.ts';
import type { PolicyPlan } from './commands.ts';
import type { InForce } from './policy-keeper.ts';

const MAX_EXAMPLES = 20;

export function planPolicy(now: InForce, next: Policy, table: FlowTable, atMs: number): PolicyPlan {
  const before = now.policy;
  return {
    changed: before.digest !== next.digest,
    fromDigest: before.digest,
    toDigest: next.digest,
    mode: { from: before.mode, to: next.mode },
    rules: compareById(before.rules, next.rules),
    denyLists: compareById(before.denyLists, next.denyLists),
    flows: compareFlows(now, next, table, atMs),
  };
}

/** Where in the file something stands is no change. */
function compareById<T extends { id: string; place: unknown }>(before: readonly T[], after: readonly T[]) {
  const meaning = ({ place: _, ...rest }: T) => rest;
  const old = new Map(before.map((each) => [each.id, each]));
  const ids = new Set(after.map(({ id }) => id));
  const known = after.filter(({ id }) => old.has(id));
  return {
    added: after.filter(({ id }) => !old.has(id)).map(({ id }) => id),
    removed: before.filter(({ id }) => !ids.has(id)).map(({ id }) => id),
    changed: known
      .filter((each) => !isDeepStrictEqual(meaning(each), meaning(old.get(each.id) as T)))
      .map(({ id }) => id),
  };
}

function compareFlows(
  { compiled }: InForce,
  next: Policy,
  table: FlowTable,
  atMs: number,
): PolicyPlan['flows'] {
  const after = compilePolicy(withFetched(next, compiled.denyLists));
  const found = { newlyDenied: 0, newlyAllowed: 0, examples: [] as string[] };
  table.forEach((flow) => {
    const was = compiled.evaluate(flow, atMs);
    // Which end is ours may change with the host groups; only the originator can be judged.
    const outbound = flow.direction === 'outbound' || after.isOurs(flow.host);
    const will = after.evaluate({ ...flow, direction: outbound ? 'outbound' : flow.direction }, atMs);
    if (was.kind === will.kind) return;
    if (will.kind === 'deny') found.newlyDenied += 1;
    else if (was.kind === 'deny') found.newlyAllowed += 1;
    else return;
    if (found.examples.length < MAX_EXAMPLES) found.examples.push(describeChange(flow, was, will));
  });
  return found;
}

function describeChange(flow: Flow, was: Verdict, will: Verdict): string {
  const service = formatService(serviceOf(flow));
  return `${formatAddress(flow.host)} to ${formatAddress(flow.destination)} ${service}: ${because(was)}, then ${because(will)}`;
}

/** One verdict in a few words: the id of a rule or list where there is one. */
export function because(verdict: Verdict): string {
  if (verdict.kind === 'allow') return `allowed by ${verdict.rule}`;
  if (verdict.kind === 'exempt') return verdict.reason;
  return verdict.cause === 'denyList' ? `denied by ${verdict.list}` : 'allowed by no rule';
}
