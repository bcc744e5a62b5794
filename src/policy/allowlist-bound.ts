/**
 * What an allowlist comes to at most, after a change of a few rules whose destinations nobody else names.
 *
 * Boxes are counted for each interval of hosts apart, though neighbours that reach the same share theirs. Then a rule
 * that comes adds boxes within its own networks alone, one that goes takes nothing from others, and the others stay:
 *
 *   destinations   |-- a --|     |-- b --|     |-- new --|
 *   hosts 1           2             1               2          boxes before, at most: 4
 *   hosts 2                         1               2          after: no more than 4 + 4
 *
 * Where that does not hold, or what is counted has come near the limit, all is counted (allowlist-size.ts).
 */
import type { Family, Prefix } from '../address/address.ts';
import { prefixContains } from '../address/prefix.ts';
import type { AddressSpan, AllowBox } from './matcher/allow-boxes.ts';
import { NO_CLASS, type PrefixTable } from './matcher/prefix-table.ts';
import type { KeyRange, Policy, Rule } from './policy.ts';

/** Rules that come and rules that go: each is compared with all others. */
const FEW = 8;
/** A range of keys is cut where protocols end: its two ends and what is between. */
const PARTS_OF_KEYS = 3;

type Counts = Readonly<Record<Family, number>>;
type Ruled = Pick<Policy, 'hostGroups' | 'addressSets' | 'rules'>;

export class AllowlistBound {
  readonly most: Counts;
  readonly #policy: Ruled;
  readonly #hosts: PrefixTable;

  private constructor({ hostGroups, addressSets, rules }: Ruled, hosts: PrefixTable, most: Counts) {
    this.#policy = { hostGroups, addressSets, rules };
    this.#hosts = hosts;
    this.most = most;
  }

  /** `boxes`: all that the policy allows. `hosts`: of its host groups. */
  static of(
    policy: Ruled,
    hosts: PrefixTable,
    boxes: Readonly<Record<Family, readonly AllowBox[]>>,
  ): AllowlistBound {
    const count = (family: Family) => {
      const intervals = new Map<AddressSpan, number>();
      return boxes[family].reduce(
        (sum, { hosts: span }) =>
          sum + intervals.getOrInsertComputed(span, () => intervalsIn(span, hosts, family)),
        0,
      );
    };
    return new AllowlistBound(policy, hosts, { 4: count(4), 6: count(6) });
  }

  /** For this policy; undefined when all is to be counted. */
  after(policy: Ruled): AllowlistBound | undefined {
    const before = this.#policy;
    if (!sameList(before.hostGroups, policy.hostGroups)) return undefined;
    if (!sameList(before.addressSets, policy.addressSets)) return undefined;
    const change = changeOf(before.rules, policy.rules);
    if (change === undefined || change.gone.length > FEW || change.come.length > FEW) return undefined;
    if (!change.gone.every((rule) => isAlone(rule, before))) return undefined;
    if (!change.come.every((rule) => isAlone(rule, policy))) return undefined;
    const add = (family: Family) => change.come.reduce((sum, rule) => sum + this.#boxesOf(rule, family), 0);
    return new AllowlistBound(policy, this.#hosts, { 4: this.most[4] + add(4), 6: this.most[6] + add(6) });
  }

  #boxesOf({ from, to, keys }: Rule, family: Family): number {
    const { hostGroups } = this.#policy;
    const isFrom = (hostClass: number) =>
      this.#hosts.groupsOf(hostClass).some((group) => from.includes(hostGroups[group].name));
    const hosts = this.#hosts.index(family).values.filter((value) => value !== NO_CLASS && isFrom(value));
    const networks = to.cidrs.filter(({ address }) => address.family === family);
    return hosts.length * networks.length * keys.length * PARTS_OF_KEYS;
  }
}

/** Undefined when those that stay stand in another order. */
function changeOf(
  before: readonly Rule[],
  after: readonly Rule[],
): { gone: readonly Rule[]; come: readonly Rule[] } | undefined {
  const places = new Map(before.map(({ id }, place) => [id, place]));
  const stays = new Set<Rule>();
  const come: Rule[] = [];
  let last = -1;
  for (const rule of after) {
    const place = places.get(rule.id);
    if (place === undefined || !sameReach(before[place], rule)) come.push(rule);
    else if (place < last) return undefined;
    else {
      stays.add(before[place]);
      last = place;
    }
  }
  return { gone: before.filter((rule) => !stays.has(rule)), come };
}

/** Schedules and expiry do not count. */
function sameReach(x: Rule, y: Rule): boolean {
  return x === y || (x.from === y.from && x.to === y.to && sameKeys(x.keys, y.keys));
}

function sameKeys(x: readonly KeyRange[], y: readonly KeyRange[]): boolean {
  return x.length === y.length && x.every(({ first, last }, i) => first === y[i].first && last === y[i].last);
}

/** No other rule or set names an address of its destinations. */
function isAlone(rule: Rule, { rules, addressSets }: Ruled): boolean {
  if (rule.to.sets.length > 0) return false;
  const isApart = (networks: readonly Prefix[]) =>
    rule.to.cidrs.every((own) => networks.every((other) => !overlap(own, other)));
  return (
    rules.every((other) => other === rule || isApart(other.to.cidrs)) &&
    addressSets.every(({ cidrs, except }) => isApart(cidrs) && isApart(except))
  );
}

function overlap(x: Prefix, y: Prefix): boolean {
  return prefixContains(x, y.address) || prefixContains(y, x.address);
}

function intervalsIn({ first, last }: AddressSpan, hosts: PrefixTable, family: Family): number {
  const index = hosts.index(family);
  const [from, to] = [Buffer.from(first), Buffer.from(last)];
  const within = (_: number, i: number) =>
    from.compare(index.firstOf(family, i)) <= 0 && to.compare(index.lastOf(family, i)) >= 0;
  return index.values.filter(within).length;
}

function sameList(x: readonly unknown[], y: readonly unknown[]): boolean {
  return x.length === y.length && x.every((each, i) => each === y[i]);
}
