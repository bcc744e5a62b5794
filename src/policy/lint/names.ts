/** Names that no rule uses. */
import type { PolicyPlaces } from '../places.ts';
import type { Policy } from '../policy.ts';
import type { ProblemList } from '../problem.ts';

const KINDS = {
  hostGroups: 'host group',
  addressSets: 'address set',
  services: 'service',
  schedules: 'schedule',
} as const;

export function lintNames(policy: Policy, places: PolicyPlaces, warnings: ProblemList): void {
  const { addressSets, rules, names } = policy;
  const unused = (list: keyof typeof KINDS, used: readonly string[], effect = '') => {
    const names = new Set(used);
    for (const [i, { name }] of policy[list].entries()) {
      if (names.has(name)) continue;
      const message = `no rule uses ${KINDS[list]} '${name}'${effect}`;
      warnings.add(places[list][i], message, 'a rule, or no such entry');
    }
  };
  unused(
    'hostGroups',
    rules.flatMap(({ from }) => from),
    ': nothing is allowed from there by it',
  );
  unused(
    'addressSets',
    rules.flatMap(({ to }) => to.sets),
  );
  if (names !== null && addressSets.every(({ fqdns }) => fqdns.length === 0)) {
    warnings.add(places.neverBlock, 'names is set and no address set has fqdns', 'fqdns, or no names');
  }
  unused(
    'services',
    rules.flatMap((rule) => rule.services),
  );
  unused(
    'schedules',
    rules.flatMap(({ schedule }) => schedule ?? []),
  );
}
