/**
 * Which rule allows host, destination and key.
 *
 *   host         -> class of host groups  --+
 *                                           +-> pair -> ServiceIndex (made on first use) -> rule
 *   destination  -> class of destinations --+
 *
 * A pair's index holds only the rules that are in force now, so no time is looked at on the way; the pairs are
 * forgotten when a schedule opens or closes or a rule expires.
 */
import type { Address } from '../../address/address.ts';
import type { Policy, Rule } from '../policy.ts';
import { NO_CLASS, PrefixTable } from './prefix-table.ts';
import { RuleClock } from './rule-clock.ts';
import { indexServices, NO_RULE, type ServiceIndex } from './service-index.ts';

/** Pairs kept; past it all are forgotten and made again as they come. Bounds memory under a scan. */
const MAX_PAIRS = 65_536;

/** Rules by their place in the policy. */
export interface NearRules {
  readonly from: ReadonlySet<number>;
  readonly to: ReadonlySet<number>;
}

export class RuleMatcher {
  readonly hosts: PrefixTable;
  readonly #destinations: PrefixTable;
  readonly #rules: readonly Rule[];
  readonly #clock: RuleClock;
  /** Rules that name a host group; rules that name a destination group. */
  readonly #rulesFrom: readonly (readonly number[])[];
  readonly #rulesTo: readonly (readonly number[])[];
  #pairs: Map<number, ServiceIndex>[];
  #pairCount = 0;

  constructor({ hostGroups, addressSets, rules, schedules }: Policy) {
    this.#rules = rules;
    this.#clock = new RuleClock(rules, schedules);
    this.hosts = new PrefixTable(hostGroups);
    this.#rulesFrom = rulesByName(hostGroups, rules, (rule) => rule.from);
    // Networks written in a rule are one more group, of that rule alone.
    const inline = rules.flatMap((rule, i) =>
      rule.to.cidrs.length > 0 ? [{ cidrs: rule.to.cidrs, except: [], rule: i }] : [],
    );
    this.#destinations = new PrefixTable([...addressSets, ...inline]);
    this.#rulesTo = [
      ...rulesByName(addressSets, rules, (rule) => rule.to.sets),
      ...inline.map(({ rule }) => [rule]),
    ];
    this.#pairs = [];
    this.#forgetPairs();
  }

  /** Make ready for this moment; call before {@link find}. */
  setTime(atMs: number): void {
    if (this.#clock.set(atMs)) this.#forgetPairs();
  }

  /** Index of the rule that allows it, or NO_RULE. `hostClass` is from {@link hosts}. */
  find(hostClass: number, destination: Address, key: number): number {
    const destinationClass = this.#destinations.classOf(destination);
    if (hostClass === NO_CLASS || destinationClass === NO_CLASS) return NO_RULE;
    const index = this.#pairs[hostClass].get(destinationClass) ?? this.#makePair(hostClass, destinationClass);
    return index.find(key);
  }

  /** Rules that name this host and rules that name this destination, in force or not. */
  near(host: Address, destination: Address): NearRules {
    return this.#rulesOf(this.hosts.classOf(host), this.#destinations.classOf(destination));
  }

  #rulesOf(hostClass: number, destinationClass: number): NearRules {
    return {
      from: union(this.hosts.groupsOf(hostClass), this.#rulesFrom),
      to: union(this.#destinations.groupsOf(destinationClass), this.#rulesTo),
    };
  }

  #forgetPairs(): void {
    this.#pairs = Array.from({ length: this.hosts.classes }, () => new Map());
    this.#pairCount = 0;
  }

  #makePair(hostClass: number, destinationClass: number): ServiceIndex {
    if (this.#pairCount >= MAX_PAIRS) this.#forgetPairs();
    const { from, to } = this.#rulesOf(hostClass, destinationClass);
    const both = [...from.intersection(to)].filter((rule) => this.#clock.inForce(rule)).sort((x, y) => x - y);
    const index = indexServices(both, (rule) => this.#rules[rule].keys);
    this.#pairs[hostClass].set(destinationClass, index);
    this.#pairCount++;
    return index;
  }
}

function union(groups: readonly number[], lists: readonly (readonly number[])[]): Set<number> {
  const all = new Set<number>();
  for (const group of groups) for (const item of lists[group]) all.add(item);
  return all;
}

function rulesByName(
  groups: readonly { readonly name: string }[],
  rules: readonly Rule[],
  namesOf: (rule: Rule) => readonly string[],
): number[][] {
  const lists = new Map(groups.map(({ name }) => [name, [] as number[]]));
  rules.forEach((rule, i) => {
    for (const name of new Set(namesOf(rule))) lists.get(name)?.push(i);
  });
  return [...lists.values()];
}
