/** Names that no rule uses. */
import type { Policy } from '../policy.ts';
import type { Place, ProblemList } from '../problem.ts';

export function lintNames(
  { hostGroups, addressSets, services, schedules, rules, names, neverBlock }: Policy,
  warnings: ProblemList,
): void {
  const unused = (
    kind: string,
    all: readonly { name: string; place: Place }[],
    used: readonly string[],
    effect = '',
  ) => {
    const names = new Set(used);
    for (const { name, place } of all) {
      if (!names.has(name))
        warnings.add(place, `no rule uses ${kind} '${name}'${effect}`, 'a rule, or no such entry');
    }
  };
  unused(
    'host group',
    hostGroups,
    rules.flatMap(({ from }) => from),
    ': nothing is allowed from there by it',
  );
  unused(
    'address set',
    addressSets,
    rules.flatMap(({ to }) => to.sets),
  );
  if (names !== null && addressSets.every(({ fqdns }) => fqdns.length === 0)) {
    warnings.add(neverBlock.place, 'names is set and no address set has fqdns', 'fqdns, or no names');
  }
  unused(
    'service',
    services,
    rules.flatMap((rule) => rule.services),
  );
  unused(
    'schedule',
    schedules,
    rules.flatMap(({ schedule }) => schedule ?? []),
  );
}
