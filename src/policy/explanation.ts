/** Why a flow is allowed or not, in sentences with numbers for a person. */
import { type Address, formatAddress, type Prefix, sameAddress } from '../address/address.ts';
import { formatPrefix, prefixContains } from '../address/prefix.ts';
import { describeKeys, flowKey, keysInclude } from './key-range.ts';
import { isLinkScope } from './matcher/link-scope.ts';
import type { NearRules } from './matcher/rule-matcher.ts';
import type { Policy, Rule } from './policy.ts';
import { describeSchedule, scheduleStateAt } from './schedule.ts';
import type { FlowQuestion, Verdict } from './verdict.ts';

/** Rules named for one end; more would not be read. */
const MAX_RULES = 3;

/** One end of the flow that is judged: as asked, or where it went after NAT. */
interface End {
  readonly address: Address;
  readonly key: number;
  readonly note: string;
}

export function explainVerdict(
  policy: Policy,
  verdict: Verdict,
  flow: FlowQuestion,
  atMs: number,
  near: (end: Address) => NearRules,
): string[] {
  switch (verdict.kind) {
    case 'exempt':
      return [
        verdict.reason === 'linkScope'
          ? 'the destination is of link scope: it cannot leave the link'
          : 'no host of ours opened it',
      ];
    case 'allow':
      return [explainAllow(policy, policy.rules[verdict.ruleIndex], flow)];
    case 'deny':
      if (verdict.cause === 'denyList') return [explainDenyList(policy, verdict.list, verdict.reason, flow)];
      return judgedEnds(flow).flatMap((end) => explainEnd(policy, end, atMs, near(end.address)));
  }
}

function judgedEnds(flow: FlowQuestion): End[] {
  const key = (port: number) => flowKey(flow.protocol, port, flow.icmpType, flow.icmpCode);
  const asked = { address: flow.destination, key: key(flow.destinationPort), note: '' };
  const went = { address: flow.translated, key: key(flow.translatedPort), note: ' (after NAT)' };
  const moved = asked.key !== went.key || !sameAddress(asked.address, went.address);
  return (moved ? [asked, went] : [asked]).filter(({ address }) => !isLinkScope(address));
}

function explainAllow(policy: Policy, rule: Rule, flow: FlowQuestion): string {
  const network = [flow.destination, flow.translated]
    .map((end) => holding(policy, rule, end))
    .find((found) => found);
  const what = rule.description === null ? '' : ` (${rule.description})`;
  return `rule ${rule.id}${what} allows ${network ? formatPrefix(network) : 'it'} on ${describeService(rule)}`;
}

function explainDenyList(policy: Policy, id: string, reason: string, flow: FlowQuestion): string {
  const list = policy.denyLists.find((candidate) => candidate.id === id);
  const hit = [flow.destination, flow.translated].find((end) =>
    list?.prefixes.some((prefix) => prefixContains(prefix, end)),
  );
  const note =
    hit === flow.translated && !sameAddress(flow.translated, flow.destination) ? ' (after NAT)' : '';
  return `${formatAddress(hit ?? flow.destination)}${note} is on deny list ${id}: ${reason}`;
}

/** What stands between this end and each rule that comes near to allowing it; empty when a rule does. */
function explainEnd(policy: Policy, end: End, atMs: number, { from, to }: NearRules): string[] {
  const reasons: string[][] = [[], [], [], []];
  for (const [i, rule] of policy.rules.entries()) {
    const [isFrom, isTo, isService] = [from.has(i), to.has(i), keysInclude(rule.keys, end.key)];
    if (isFrom && isTo && isService) {
      const closed = explainTime(policy, rule, atMs);
      if (closed === undefined) return [];
      reasons[0].push(closed);
    } else if (isFrom && isTo) {
      const network = holding(policy, rule, end.address);
      reasons[1].push(
        `rule ${rule.id} allows ${network ? formatPrefix(network) : 'it'} but only ${describeService(rule)}`,
      );
    } else if (isTo && isService) {
      reasons[3].push(`rule ${rule.id} allows it, but only from ${rule.from.join(', ')}`);
    } else if (isFrom && isService) {
      const excepted = explainExcept(policy, rule, end.address);
      if (excepted !== undefined) reasons[2].push(excepted);
    }
  }
  const what = `no rule allows ${formatAddress(end.address)}${end.note} on ${describeKeys({ first: end.key, last: end.key })}`;
  return [what, ...reasons.flat().slice(0, MAX_RULES)];
}

function explainTime(policy: Policy, rule: Rule, atMs: number): string | undefined {
  if (rule.expiresMs !== null && rule.expiresMs <= atMs) {
    return `rule ${rule.id} would allow it but expired ${Temporal.Instant.fromEpochMilliseconds(rule.expiresMs)}`;
  }
  const schedule = policy.schedules.find(({ name }) => name === rule.schedule)?.schedule;
  if (schedule === undefined || scheduleStateAt(schedule, atMs).open) return undefined;
  return `rule ${rule.id} would allow it ${describeSchedule(schedule)}`;
}

function explainExcept(policy: Policy, rule: Rule, address: Address): string | undefined {
  for (const set of setsOf(policy, rule)) {
    const hole = set.except.find((prefix) => prefixContains(prefix, address));
    const around = hole && set.cidrs.find((prefix) => prefixContains(prefix, address));
    if (hole && around) {
      return `rule ${rule.id} allows ${set.name} (${formatPrefix(around)}) but ${formatPrefix(hole)} is excepted`;
    }
  }
  return undefined;
}

/** The network of a rule that holds the address. */
function holding(policy: Policy, rule: Rule, address: Address): Prefix | undefined {
  const networks = [...rule.to.cidrs, ...setsOf(policy, rule).flatMap(({ cidrs }) => cidrs)];
  return networks.find((prefix) => prefixContains(prefix, address));
}

function setsOf(policy: Policy, rule: Rule) {
  return policy.addressSets.filter(({ name }) => rule.to.sets.includes(name));
}

function describeService({ keys }: Rule): string {
  const named = keys.slice(0, 4).map(describeKeys);
  return keys.length > 4 ? `${named.join(', ')} and ${keys.length - 4} more` : named.join(', ');
}
