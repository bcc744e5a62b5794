/** Why a flow is allowed or not, in sentences with numbers for a person. */
import { type Address, formatAddress, type Prefix, sameAddress } from '../address/address.ts';
import { formatPrefix, prefixContains } from '../address/prefix.ts';
import { describeKeys, flowKey, keysInclude } from './key-range.ts';
import { isLinkScope } from './matcher/link-scope.ts';
import type { NearRules } from './matcher/rule-matcher.ts';
import type { AddressGroup, Policy, Rule, Schedule } from './policy.ts';
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

const AFTER_NAT = ' (after NAT)';

/** What the compiled policy knows without a search. */
export interface Matched {
  /** The rules that name the flow's host, and those that name this end. */
  near(end: Address): NearRules;
  /** On a deny list. */
  denied(end: Address): boolean;
}

export class Explainer {
  readonly #policy: Policy;
  readonly #sets: ReadonlyMap<string, AddressGroup>;
  readonly #schedules: ReadonlyMap<string, Schedule>;

  constructor(policy: Policy) {
    this.#policy = policy;
    this.#sets = new Map(policy.addressSets.map((set) => [set.name, set]));
    this.#schedules = new Map(policy.schedules.map(({ name, schedule }) => [name, schedule]));
  }

  explain(verdict: Verdict, flow: FlowQuestion, atMs: number, matched: Matched): string[] {
    switch (verdict.kind) {
      case 'exempt':
        return [verdict.reason === 'linkScope' ? LINK_SCOPE : 'no host of ours opened it'];
      case 'allow':
        return [this.#allow(this.#policy.rules[verdict.ruleIndex], flow)];
      case 'deny':
        if (verdict.cause === 'denyList')
          return [explainDenyList(verdict.list, verdict.reason, flow, matched)];
        return judgedEnds(flow).flatMap((end) => this.#violation(end, atMs, matched.near(end.address)));
    }
  }

  #allow(rule: Rule, flow: FlowQuestion): string {
    const network = this.#holding(rule, flow.destination) ?? this.#holding(rule, flow.translated);
    const what = rule.description === null ? '' : ` (${rule.description})`;
    return `rule ${rule.id}${what} allows ${network ? formatPrefix(network) : 'it'} on ${describeService(rule)}`;
  }

  /** What stands between this end and the rules that come near to allowing it; empty when a rule does allow it. */
  #violation(end: End, atMs: number, near: NearRules): string[] {
    const reasons: string[][] = [[], [], [], []];
    for (const i of [...near.from.union(near.to)].sort((x, y) => x - y)) {
      const found = this.#distance(i, end, atMs, near);
      if (found === 'allows') return [];
      if (found !== undefined) reasons[found.rank].push(found.sentence);
    }
    const what = describeKeys({ first: end.key, last: end.key });
    const none = `no rule allows ${formatAddress(end.address)}${end.note} on ${what}`;
    return [none, ...reasons.flat().slice(0, MAX_RULES)];
  }

  /** A rule of which all but one part fits, and that part; rank 0 is the nearest. */
  #distance(
    i: number,
    { address, key }: End,
    atMs: number,
    { from, to }: NearRules,
  ): Near | 'allows' | undefined {
    const rule = this.#policy.rules[i];
    const isService = keysInclude(rule.keys, key);
    if (from.has(i) && to.has(i)) {
      if (!isService) return { rank: 1, sentence: this.#otherService(rule, address) };
      const closed = this.#closed(rule, atMs);
      return closed === undefined ? 'allows' : { rank: 0, sentence: closed };
    }
    if (!isService) return undefined;
    if (to.has(i))
      return { rank: 3, sentence: `rule ${rule.id} allows it, but only from ${rule.from.join(', ')}` };
    const excepted = this.#excepted(rule, address);
    return excepted === undefined ? undefined : { rank: 2, sentence: excepted };
  }

  #otherService(rule: Rule, address: Address): string {
    const network = this.#holding(rule, address);
    return `rule ${rule.id} allows ${network ? formatPrefix(network) : 'it'} but only ${describeService(rule)}`;
  }

  #closed(rule: Rule, atMs: number): string | undefined {
    if (rule.expiresMs !== null && rule.expiresMs <= atMs) {
      const when = Temporal.Instant.fromEpochMilliseconds(rule.expiresMs);
      return `rule ${rule.id} would allow it but expired ${when}`;
    }
    const schedule = rule.schedule === null ? undefined : this.#schedules.get(rule.schedule);
    if (schedule === undefined || scheduleStateAt(schedule, atMs).open) return undefined;
    return `rule ${rule.id} would allow it ${describeSchedule(schedule)}`;
  }

  #excepted(rule: Rule, address: Address): string | undefined {
    for (const set of this.#setsOf(rule)) {
      const hole = set.except.find((prefix) => prefixContains(prefix, address));
      const around = hole && set.cidrs.find((prefix) => prefixContains(prefix, address));
      if (hole && around) {
        return `rule ${rule.id} allows ${set.name} (${formatPrefix(around)}) but ${formatPrefix(hole)} is excepted`;
      }
    }
    return undefined;
  }

  /** The network of a rule that holds the address. */
  #holding(rule: Rule, address: Address): Prefix | undefined {
    const networks = [...rule.to.cidrs, ...this.#setsOf(rule).flatMap(({ cidrs }) => cidrs)];
    return networks.find((prefix) => prefixContains(prefix, address));
  }

  #setsOf(rule: Rule): AddressGroup[] {
    return rule.to.sets.flatMap((name) => this.#sets.get(name) ?? []);
  }
}

const LINK_SCOPE = 'the destination is of link scope: it cannot leave the link';

function explainDenyList(list: string, reason: string, flow: FlowQuestion, { denied }: Matched): string {
  const asked = denied(flow.destination);
  const end = asked ? flow.destination : flow.translated;
  return `${formatAddress(end)}${asked ? '' : AFTER_NAT} is on deny list ${list}: ${reason}`;
}

interface Near {
  readonly rank: 0 | 1 | 2 | 3;
  readonly sentence: string;
}

function judgedEnds(flow: FlowQuestion): End[] {
  const key = (port: number) => flowKey(flow.protocol, port, flow.icmpType, flow.icmpCode);
  const asked = { address: flow.destination, key: key(flow.destinationPort), note: '' };
  const went = { address: flow.translated, key: key(flow.translatedPort), note: AFTER_NAT };
  const moved = asked.key !== went.key || !sameAddress(asked.address, went.address);
  return (moved ? [asked, went] : [asked]).filter(({ address }) => !isLinkScope(address));
}

function describeService({ keys }: Rule): string {
  const named = keys.slice(0, 4).map(describeKeys);
  return keys.length > 4 ? `${named.join(', ')} and ${keys.length - 4} more` : named.join(', ');
}
