/** The policy file and the parts it includes, put together; every thing keeps its place. */
import type { Place, ProblemList } from './problem.ts';
import type { PolicyDocument, PolicyPart } from './schema/policy.ts';
import type { Path, SourcePlaces } from './yaml-source.ts';

/** A thing with a name, and where it was written. */
export interface Named<T> {
  readonly name: string;
  readonly value: T;
  readonly place: Place;
  /** Place of a field of it. */
  at(path: Path): Place;
}

type Shared = PolicyPart['spec'];

export interface Parts {
  readonly hostGroups: Map<string, Named<Shared['hostGroups'][string]>>;
  readonly addressSets: Map<string, Named<Shared['addressSets'][string]>>;
  readonly services: Map<string, Named<Shared['services'][string]>>;
  readonly schedules: Map<string, Named<Shared['schedules'][string]>>;
  readonly rules: Map<string, Named<Shared['rules'][number]>>;
  readonly denyLists: Map<string, Named<Shared['denyLists'][number]>>;
}

export function emptyParts(): Parts {
  return {
    hostGroups: new Map(),
    addressSets: new Map(),
    services: new Map(),
    schedules: new Map(),
    rules: new Map(),
    denyLists: new Map(),
  };
}

/** Add what one file holds; a name that is taken is a problem that names both places. */
export function addParts(
  parts: Parts,
  spec: PolicyDocument['spec'] | Shared,
  source: SourcePlaces,
  problems: ProblemList,
): void {
  const put = <T>(
    into: Map<string, Named<T>>,
    name: string,
    value: T,
    path: Path,
    namePlace: () => Place,
  ) => {
    const other = into.get(name);
    if (other) {
      const where = `${other.place.file}:${other.place.line}:${other.place.column}`;
      problems.add(namePlace(), `'${name}' is already defined at ${where}`, 'another name');
      return;
    }
    const at = (below: Path) => source.place([...path, ...below]);
    into.set(name, { name, value, place: source.place(path, true), at });
  };
  const putMap = <T>(into: Map<string, Named<T>>, kind: string, values: Readonly<Record<string, T>>) => {
    for (const [name, value] of Object.entries(values)) {
      const path = ['spec', kind, name];
      put(into, name, value, path, () => source.place(path, true));
    }
  };
  const putList = <T extends { readonly id: string }>(
    into: Map<string, Named<T>>,
    kind: string,
    values: readonly T[],
  ) => {
    for (const [i, value] of values.entries()) {
      const path = ['spec', kind, i];
      put(into, value.id, value, path, () => source.place([...path, 'id']));
    }
  };
  putMap(parts.hostGroups, 'hostGroups', spec.hostGroups);
  putMap(parts.addressSets, 'addressSets', spec.addressSets);
  putMap(parts.services, 'services', spec.services);
  putMap(parts.schedules, 'schedules', spec.schedules);
  putList(parts.rules, 'rules', spec.rules);
  putList(parts.denyLists, 'denyLists', spec.denyLists);
}
