/** What a transaction of the fake announces: the difference between two rulesets, deletions first. */
import type { RulesetChange } from '../changes/change.ts';
import type { Family } from '../document/index.ts';
import type { FakeChain, FakeElement, FakeSet, FakeTable, Ruleset } from './ruleset.ts';

interface Place {
  readonly family: Family;
  readonly table: string;
  readonly portId: number;
}
type Action = RulesetChange['action'];

const NOTHING: Omit<FakeTable, 'family' | 'name' | 'handle'> = {
  chains: new Map(),
  sets: new Map(),
  objects: new Map(),
};

export function rulesetDifference(before: Ruleset, after: Ruleset, portId: number): RulesetChange[] {
  const one = (from: Ruleset, to: Ruleset, action: Action) =>
    [...from].flatMap(([key, table]) => tableDifference(table, to.get(key), action, portId));
  return [...one(before, after, 'delete'), ...one(after, before, 'new')];
}

/** What of `table` is not in `other`. */
function tableDifference(table: FakeTable, other: FakeTable | undefined, action: Action, portId: number) {
  const same = other?.handle === table.handle ? other : undefined;
  const { chains, sets, objects } = same ?? NOTHING;
  const place: Place = { family: table.family, table: table.name, portId };
  const changes: RulesetChange[] = [
    ...missing(table.objects, objects).map(
      ({ object }) => ({ kind: 'object', action, ...place, name: object.name }) as const,
    ),
    ...missing(table.sets, sets).map(
      ({ definition }) => ({ kind: 'set', action, ...place, name: definition.name }) as const,
    ),
    ...missing(table.chains, chains).map(
      ({ chain }) => ({ kind: 'chain', action, ...place, name: chain.name }) as const,
    ),
    ...[...table.chains].flatMap(([name, chain]) => ruleDifference(chain, chains.get(name), action, place)),
    ...[...table.sets].flatMap(([name, set]) => elementDifference(set, sets.get(name), action, place)),
  ];
  return same ? changes : [...changes, { kind: 'table', action, ...place } as const];
}

function ruleDifference(chain: FakeChain, other: FakeChain | undefined, action: Action, place: Place) {
  const handles = new Set(other?.rules.map(({ handle }) => handle));
  return chain.rules
    .filter(({ handle }) => !handles.has(handle))
    .map(
      ({ handle }) =>
        ({ kind: 'rule', action, ...place, chain: chain.chain.name, handle: BigInt(handle) }) as const,
    );
}

/** The kernel announces each element by itself, and none of a set that is deleted. */
function elementDifference(set: FakeSet, other: FakeSet | undefined, action: Action, place: Place) {
  if (other === undefined && action === 'delete') return [];
  const isOther = ([id, element]: [string, FakeElement]) => other?.elements.get(id) !== element;
  return [...set.elements].filter(isOther).map(([, { element }]) => {
    const elements = [element];
    return { kind: 'element', action, ...place, set: set.definition.name, elements } as const;
  });
}

function missing<V extends { readonly handle: number }>(
  from: ReadonlyMap<string, V>,
  to: ReadonlyMap<string, V>,
): V[] {
  return [...from].filter(([key, { handle }]) => to.get(key)?.handle !== handle).map(([, value]) => value);
}
