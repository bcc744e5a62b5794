/** Networks that overlap, lie outside what they are taken from, or can have no effect. */
import type { Prefix } from '../../address/address.ts';
import { comparePrefixes, formatPrefix, prefixContains } from '../../address/prefix.ts';
import { isLinkScope } from '../matcher/link-scope.ts';
import { NO_CLASS, PrefixTable } from '../matcher/prefix-table.ts';
import type { PolicyPlaces } from '../places.ts';
import type { AddressGroup, DenyList, Policy } from '../policy.ts';
import { prefixesOf } from '../prefix-columns.ts';
import type { Place, ProblemList } from '../problem.ts';

export function lintAddresses(policy: Policy, places: PolicyPlaces, warnings: ProblemList): void {
  lintGroupOverlaps(policy.hostGroups, places.hostGroups, warnings);
  for (const kind of ['hostGroups', 'addressSets'] as const) {
    policy[kind].forEach((group, i) => {
      lintNested(group.name, group.cidrs, places[kind][i], warnings);
      lintExcepts(group, places[kind][i], warnings);
    });
  }
  policy.rules.forEach(({ id, to }, i) => {
    lintNested(`rule ${id}`, to.cidrs, places.rules[i], warnings);
  });
  policy.denyLists.forEach((list, i) => {
    // What a feed holds was checked when it was read.
    if (list.feed === null) lintDenyList(list, places.denyLists[i], policy, warnings);
  });
}

/** One warning a pair of host groups that share a host. */
function lintGroupOverlaps(
  groups: readonly AddressGroup[],
  places: readonly Place[],
  warnings: ProblemList,
): void {
  const table = new PrefixTable(groups);
  const seen = new Set<string>();
  for (let id = 1; id < table.classes; id++) {
    const [first, ...others] = table.groupsOf(id);
    for (const other of others) {
      const pair = `${first} ${other}`;
      if (seen.has(pair)) continue;
      seen.add(pair);
      const message = `host groups '${groups[first].name}' and '${groups[other].name}' overlap: rules of both apply`;
      warnings.add(places[other], message, 'groups apart, or except');
    }
  }
}

/** A network inside another of the same list adds nothing. Sorted by address, wider first, the wider one is the last kept. */
function lintNested(what: string, cidrs: readonly Prefix[], place: Place, warnings: ProblemList): void {
  let around: Prefix | undefined;
  for (const prefix of cidrs.toSorted(comparePrefixes)) {
    if (around && prefixContains(around, prefix.address)) {
      warnings.add(
        place,
        `${what}: ${formatPrefix(prefix)} lies in ${formatPrefix(around)}`,
        'one of the two',
      );
    } else around = prefix;
  }
}

function lintExcepts({ name, cidrs, except }: AddressGroup, place: Place, warnings: ProblemList): void {
  if (except.length === 0) return;
  const table = new PrefixTable([{ cidrs, except: [] }]);
  for (const hole of except) {
    if (table.classOf(hole.address) !== NO_CLASS) continue;
    if (cidrs.some(({ address }) => prefixContains(hole, address))) continue;
    warnings.add(
      place,
      `${name}: ${formatPrefix(hole)} is excepted but not in cidrs`,
      'a network inside cidrs',
    );
  }
}

function lintDenyList(
  { id, prefixes: columns }: DenyList,
  place: Place,
  { neverBlock }: Policy,
  warnings: ProblemList,
): void {
  const prefixes = [...prefixesOf(columns)];
  lintNested(`deny list ${id}`, prefixes, place, warnings);
  const denied = new PrefixTable([{ cidrs: prefixes, except: [] }]);
  const kept = new PrefixTable([{ cidrs: neverBlock.destinations, except: [] }]);
  for (const prefix of prefixes) {
    if (isLinkScope(prefix.address) && prefix.length > 0) {
      warnings.add(
        place,
        `deny list ${id}: ${formatPrefix(prefix)} never leaves the link: it has no effect`,
        'no such entry',
      );
    }
    if (kept.classOf(prefix.address) !== NO_CLASS) warnKept(formatPrefix(prefix));
  }
  for (const prefix of neverBlock.destinations) {
    if (denied.classOf(prefix.address) !== NO_CLASS) warnKept(formatPrefix(prefix));
  }

  function warnKept(text: string): void {
    warnings.add(
      place,
      `deny list ${id} and neverBlock both hold ${text}: it is reported, not blocked`,
      'one of the two',
    );
  }
}
