/** Names that no rule uses. */
import type { Policy } from '../policy.ts';
import type { Place, ProblemList } from '../problem.ts';

export function lintNames(
  { hostGroups, addressSets, services, schedules, rules }: Policy,
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
