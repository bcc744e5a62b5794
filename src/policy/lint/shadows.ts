/**
 * Rules that change nothing: everything they allow is allowed by the others together.
 *
 * Rules are looked at from the last to the first, and one that is found to be covered no longer covers others, so of
 * two equal rules the later is reported. What covers a rule must be in force whenever the rule is, and:
 *   - an earlier rule always can: it is the one whose limits count, so the later rule's limits never do;
 *   - a later rule only if neither has limits: else the earlier one decides which limits count.
 *
 * Coverage is checked for each class of hosts and each class of destinations that the rule touches.
 */
import { keysCover, mergeKeys } from '../key-range.ts';
import { type PrefixGroup, PrefixTable } from '../matcher/prefix-table.ts';
import type { PolicyPlaces } from '../places.ts';
import type { Policy, Rule } from '../policy.ts';
import type { ProblemList } from '../problem.ts';

/** Look-ups for one policy: past it the rest is not checked, and that is said. */
const MAX_STEPS = 2_000_000;

export function lintShadows(
  policy: Policy,
  places: PolicyPlaces,
  nowMs: number,
  warnings: ProblemList,
): void {
  const { rules } = policy;
  const hosts = new Grid(
    policy.hostGroups,
    rules.map(({ from }) => from),
  );
  const inline = rules.map(({ to }, i) => ({ name: `${i}:`, cidrs: to.cidrs, except: [] }));
  const destinations = new Grid(
    [...policy.addressSets, ...inline],
    rules.map(({ to }, i) => [...to.sets, `${i}:`]),
  );
  const covering = new Set(rules.keys().filter((i) => !expired(rules[i], nowMs)));
  const budget = { steps: MAX_STEPS };
  for (let i = rules.length - 1; i >= 0; i--) {
    if (!covering.has(i)) continue;
    const by = coverers(rules, i, covering, hosts, destinations, budget);
    if (budget.steps <= 0) {
      warnings.add(
        places.rules[i],
        `rule ${rules[i].id} and those before it are too many to check for shadows`,
        '',
      );
      return;
    }
    if (by === undefined) continue;
    covering.delete(i);
    warnings.add(places.rules[i], message(rules, i, by), 'a rule that allows more, or none');
  }
}

function message(rules: readonly Rule[], i: number, by: ReadonlySet<number>): string {
  const names = [...by].sort((x, y) => x - y).map((j) => rules[j].id);
  const [only] = by;
  if (by.size === 1 && sameReach(rules[i], rules[only]))
    return `rule ${rules[i].id} is a duplicate of ${names[0]}`;
  const some =
    names.length > 4 ? `${names.slice(0, 4).join(', ')} and ${names.length - 4} more` : names.join(', ');
  return `rule ${rules[i].id} has no effect: ${some} already ${by.size > 1 ? 'allow' : 'allows'} all of it`;
}

/** The rules that together allow all that rule `i` does, or undefined. */
function coverers(
  rules: readonly Rule[],
  i: number,
  covering: ReadonlySet<number>,
  hosts: Grid,
  destinations: Grid,
  budget: { steps: number },
): Set<number> | undefined {
  const used = new Set<number>();
  const destinationClasses = destinations.classesOf(i);
  for (const host of hosts.classesOf(i)) {
    for (const destination of destinationClasses) {
      const [few, many] = bySize(destinations.rulesOf(destination), hosts.rulesOf(host));
      const others: number[] = [];
      for (const j of few) {
        budget.steps--;
        if (j !== i && many.has(j) && covering.has(j) && mayCover(rules, j, i)) others.push(j);
      }
      others.sort((x, y) => x - y);
      const needed = enough(rules, i, others);
      if (needed === undefined || budget.steps <= 0) return undefined;
      for (const j of needed) used.add(j);
    }
  }
  return used.size > 0 ? used : undefined;
}

function bySize<T>(
  x: ReadonlySet<T>,
  y: ReadonlySet<T>,
): readonly [smaller: ReadonlySet<T>, larger: ReadonlySet<T>] {
  return x.size < y.size ? [x, y] : [y, x];
}

/** One rule that is enough alone, else all that help. */
function enough(rules: readonly Rule[], i: number, others: readonly number[]): readonly number[] | undefined {
  const { keys } = rules[i];
  const alone = others.find((j) => keysCover(rules[j].keys, keys));
  if (alone !== undefined) return [alone];
  return keysCover(mergeKeys(others.flatMap((j) => rules[j].keys)), keys) ? others : undefined;
}

function mayCover(rules: readonly Rule[], by: number, covered: number): boolean {
  const [x, y] = [rules[by], rules[covered]];
  if (x.schedule !== null && x.schedule !== y.schedule) return false;
  if (x.expiresMs !== null && (y.expiresMs === null || x.expiresMs < y.expiresMs)) return false;
  return by < covered || (x.limits === null && y.limits === null);
}

function expired({ expiresMs }: Rule, nowMs: number): boolean {
  return expiresMs !== null && expiresMs <= nowMs;
}

function sameReach(x: Rule, y: Rule): boolean {
  const reach = ({ from, to, keys, schedule }: Rule) =>
    JSON.stringify([from.toSorted(), to.sets.toSorted(), to.cidrs, keys, schedule]);
  return reach(x) === reach(y);
}

/** Classes of addresses on one side, and the rules that touch each. */
class Grid {
  readonly #rules: Set<number>[] = [];
  readonly #classes: number[][];

  constructor(
    groups: readonly (PrefixGroup & { readonly name: string })[],
    namesOf: readonly (readonly string[])[],
  ) {
    const table = new PrefixTable(groups);
    const users = new Map<string, number[]>(groups.map(({ name }) => [name, []]));
    namesOf.forEach((names, rule) => {
      for (const name of new Set(names)) users.get(name)?.push(rule);
    });
    this.#classes = namesOf.map(() => []);
    for (let id = 0; id < table.classes; id++) {
      const touching = new Set(table.groupsOf(id).flatMap((group) => users.get(groups[group].name) ?? []));
      this.#rules.push(touching);
      for (const rule of touching) this.#classes[rule].push(id);
    }
  }

  classesOf(rule: number): readonly number[] {
    return this.#classes[rule];
  }

  rulesOf(id: number): ReadonlySet<number> {
    return this.#rules[id];
  }
}
