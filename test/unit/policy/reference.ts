/**
 * The policy's meaning written as plainly as possible, to hold the compiled matcher against. It reads like the
 * documentation and shares no code with the matcher.
 */
import type { Address, Prefix } from '../../../src/address/address.ts';
import { formatAddress } from '../../../src/address/address.ts';
import type { AddressGroup, Policy, Rule } from '../../../src/policy/policy.ts';
import { prefixesOf } from '../../../src/policy/prefix-columns.ts';
import type { FlowQuestion, Verdict } from '../../../src/policy/verdict.ts';

function bits({ family, a, b, c, d }: Address): string {
  return (family === 4 ? [d] : [a, b, c, d]).map((word) => word.toString(2).padStart(32, '0')).join('');
}

export function within({ address, length }: Prefix, candidate: Address): boolean {
  return (
    address.family === candidate.family && bits(address).slice(0, length) === bits(candidate).slice(0, length)
  );
}

function holds({ cidrs, except }: Pick<AddressGroup, 'cidrs' | 'except'>, address: Address): boolean {
  return cidrs.some((prefix) => within(prefix, address)) && !except.some((prefix) => within(prefix, address));
}

/** Wall clock of the zone, minute by minute, without any arithmetic across days: for zones without jumps only. */
function open(policy: Policy, rule: Rule, atMs: number): boolean {
  if (rule.expiresMs !== null && atMs >= rule.expiresMs) return false;
  const schedule = policy.schedules.find(({ name }) => name === rule.schedule)?.schedule;
  if (!schedule) return true;
  const days = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
  const at = new Date(atMs);
  const minute = at.getUTCHours() * 60 + at.getUTCMinutes();
  const startsOn = (back: number) =>
    schedule.days.some((day) => day === days[(at.getUTCDay() + 7 - back) % 7]);
  if (schedule.end > schedule.start) {
    return startsOn(0) && minute >= schedule.start && minute < schedule.end;
  }
  return (startsOn(0) && minute >= schedule.start) || (startsOn(1) && minute < schedule.end);
}

function staysOnLink(address: Address): boolean {
  const text = formatAddress(address);
  return /^(127\.|169\.254\.|224\.0\.0\.|255\.255\.255\.255$|::1$|fe[89ab]|ff.[12])/.test(text);
}

function allowing(
  policy: Policy,
  flow: FlowQuestion,
  end: Address,
  port: number,
  atMs: number,
): Rule | undefined {
  return policy.rules.find((rule) => {
    const from = policy.hostGroups.some((group) => rule.from.includes(group.name) && holds(group, flow.host));
    const to =
      holds({ cidrs: rule.to.cidrs, except: [] }, end) ||
      policy.addressSets.some((set) => rule.to.sets.includes(set.name) && holds(set, end));
    const icmp = flow.protocol === 1 || flow.protocol === 58;
    const low = icmp ? flow.icmpType * 256 + flow.icmpCode : port;
    const key = flow.protocol * 65536 + low;
    return (
      from &&
      to &&
      rule.keys.some(({ first, last }) => key >= first && key <= last) &&
      open(policy, rule, atMs)
    );
  });
}

export function referenceVerdict(policy: Policy, flow: FlowQuestion, atMs: number): Verdict {
  if (flow.direction !== 'outbound') return { kind: 'exempt', reason: 'notOutbound' };
  const ends = [
    { address: flow.destination, port: flow.destinationPort },
    { address: flow.translated, port: flow.translatedPort },
  ];
  const leaving = ends.filter(({ address }) => !staysOnLink(address));
  if (leaving.length === 0) return { kind: 'exempt', reason: 'linkScope' };
  for (const { address } of ends) {
    const list = policy.denyLists.find(({ prefixes }) =>
      [...prefixesOf(prefixes)].some((prefix) => within(prefix, address)),
    );
    if (list) return { kind: 'deny', cause: 'denyList', list: list.id, reason: list.reason };
  }
  const rules = leaving.map(({ address, port }) => allowing(policy, flow, address, port, atMs));
  const [rule] = rules;
  if (rule === undefined || rules.includes(undefined)) return { kind: 'deny', cause: 'policyViolation' };
  return { kind: 'allow', rule: rule.id, ruleIndex: policy.rules.indexOf(rule) };
}
