/**
 * Which rule allows host, destination and key.
 *
 *   host         -> class of host groups  --+
 *                                           +-> pair -> services (PairTable, made on first use) -> rule
 *   destination  -> class of destinations --+
 *
 * A pair's services hold only the rules that are in force now, so no time is looked at on the way; the pairs are
 * forgotten when a schedule opens or closes or a rule expires.
 *
 * Address sets hold addresses by name as well. Which ones changes all the time, so they are in no table: who asks says
 * which sets an address is in by its names.
 */
import type { Address, Family } from '../../address/address.ts';
import { mergeKeys } from '../key-range.ts';
import type { NamedBox } from '../names.ts';
import type { KeyRange, Policy, Rule } from '../policy.ts';
import { type AllowBox, AllowBoxes } from './allow-boxes.ts';
import { NOT_MADE, PairTable } from './pair-table.ts';
import { NO_CLASS, PrefixTable } from './prefix-table.ts';
import { RuleClock } from './rule-clock.ts';
import { indexServices, NO_RULE, type ServiceIndex } from './service-index.ts';

/** Of what is known by names; past it all are forgotten and made again as they come. Bounds memory under a scan. */
const MAX_NAMED = 65_536;

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
  readonly #pairs: PairTable;
  /** By class of host and sets. */
  readonly #namedPairs = new Map<string, ServiceIndex>();
  readonly #boxes = new Map<string, readonly NamedBox[]>();
  #turns = 0;

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
    this.#pairs = new PairTable(this.hosts.classes, this.#destinations.classes);
  }

  /** Make ready for this moment; call before {@link find}. */
  setTime(atMs: number): void {
    if (!this.#clock.set(atMs)) return;
    this.#turns += 1;
    this.#forgetPairs();
  }

  /** Another number whenever other rules may be in force. */
  get turns(): number {
    return this.#turns;
  }

  /** Index of the rule that allows it, or NO_RULE. `hostClass` is from {@link hosts}. */
  find(hostClass: number, destination: Address, key: number): number {
    const destinationClass = this.#destinations.classOf(destination);
    if (hostClass === NO_CLASS || destinationClass === NO_CLASS) return NO_RULE;
    const rule = this.#pairs.find(hostClass, destinationClass, key);
    return rule === NOT_MADE ? this.#makePair(hostClass, destinationClass).find(key) : rule;
  }

  /** As {@link find}, for a destination that is in these address sets by its names. */
  findNamed(hostClass: number, sets: readonly number[], key: number): number {
    if (hostClass === NO_CLASS) return NO_RULE;
    const pair = `${hostClass} ${sets.join()}`;
    let index = this.#namedPairs.get(pair);
    if (index === undefined) {
      if (this.#namedPairs.size >= MAX_NAMED) this.#namedPairs.clear();
      const rules = this.#rulesBetween(hostClass, union(sets, this.#rulesTo));
      index = indexServices(rules, (rule) => this.#rules[rule].keys);
      this.#namedPairs.set(pair, index);
    }
    return index.find(key);
  }

  /** Who may reach a destination of these address sets, and by which keys; boxes of one family are apart. */
  boxes(sets: readonly number[], family: Family): readonly NamedBox[] {
    const key = `${family} ${sets.join()}`;
    let boxes = this.#boxes.get(key);
    if (boxes === undefined) {
      if (this.#boxes.size >= MAX_NAMED) this.#boxes.clear();
      boxes = this.#makeBoxes(sets, family);
      this.#boxes.set(key, boxes);
    }
    return boxes;
  }

  /**
   * All that the rules in force allow by address, as boxes that are apart.
   * @throws AllowlistTooLarge
   */
  allowBoxes(family: Family, most: number): AllowBox[] {
    return new AllowBoxes(
      {
        hosts: this.hosts,
        destinations: this.#destinations,
        rulesFrom: this.#rulesFrom,
        rulesTo: this.#rulesTo,
        keysOf: (rule) => this.#rules[rule].keys,
        inForce: (rule) => this.#clock.inForce(rule),
      },
      most,
    ).of(family);
  }

  #makeBoxes(sets: readonly number[], family: Family): NamedBox[] {
    const to = union(sets, this.#rulesTo);
    const byKeys = new Map<string, { keys: readonly KeyRange[]; classes: Set<number> }>();
    for (let hostClass = NO_CLASS + 1; hostClass < this.hosts.classes; hostClass++) {
      const keys = mergeKeys(this.#rulesBetween(hostClass, to).flatMap((rule) => this.#rules[rule].keys));
      if (keys.length === 0) continue;
      const id = keys.map(({ first, last }) => `${first}-${last}`).join();
      const entry = byKeys.get(id) ?? { keys, classes: new Set<number>() };
      entry.classes.add(hostClass);
      byKeys.set(id, entry);
    }
    return [...byKeys.values()].flatMap(({ keys, classes }) => {
      const hosts = this.hosts.ranges(family, (hostClass) => classes.has(hostClass));
      return hosts.count === 0 ? [] : [{ hosts, keys }];
    });
  }

  /** Rules that name this host and rules that name this destination, in force or not. */
  near(host: Address, destination: Address, sets: readonly number[]): NearRules {
    const { from, to } = this.#rulesOf(this.hosts.classOf(host), this.#destinations.classOf(destination));
    return { from, to: to.union(union(sets, this.#rulesTo)) };
  }

  #rulesOf(hostClass: number, destinationClass: number): NearRules {
    return {
      from: union(this.hosts.groupsOf(hostClass), this.#rulesFrom),
      to: union(this.#destinations.groupsOf(destinationClass), this.#rulesTo),
    };
  }

  /** Rules in force from a class of hosts, of some, in rising order. */
  #rulesBetween(hostClass: number, to: ReadonlySet<number>): number[] {
    const from = union(this.hosts.groupsOf(hostClass), this.#rulesFrom);
    return [...from.intersection(to)].filter((rule) => this.#clock.inForce(rule)).sort((x, y) => x - y);
  }

  #forgetPairs(): void {
    this.#pairs.forget();
    this.#namedPairs.clear();
    this.#boxes.clear();
  }

  #makePair(hostClass: number, destinationClass: number): ServiceIndex {
    const { to } = this.#rulesOf(hostClass, destinationClass);
    const both = this.#rulesBetween(hostClass, to);
    const index = indexServices(both, (rule) => this.#rules[rule].keys);
    this.#pairs.add(hostClass, destinationClass, index);
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
    const names = namesOf(rule);
    for (const name of names.length > 1 ? new Set(names) : names) lists.get(name)?.push(i);
  });
  return [...lists.values()];
}
