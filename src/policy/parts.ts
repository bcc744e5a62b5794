/** The policy file and the parts it includes, put together; every thing keeps its place. */
import { Made } from './made.ts';
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

type Lists = { readonly [K in keyof Parts]: Parts[K] extends Map<string, infer N> ? readonly N[] : never };

/** What a file holds, for as long as it is the same. */
const lists = new Made<Lists>();

/** Add what one file holds; a name that is taken is a problem that names both places. */
export function addParts(
  parts: Parts,
  spec: PolicyDocument['spec'] | Shared,
  source: SourcePlaces,
  problems: ProblemList,
): void {
  const put = <T>(
    into: Map<string, Named<T>>,
    all: readonly Named<T>[],
    nameOf: (each: Named<T>) => Place,
  ) => {
    for (const each of all) {
      const other = into.get(each.name)?.place;
      if (other === undefined) into.set(each.name, each);
      else {
        const where = `${other.file}:${other.line}:${other.column}`;
        problems.add(nameOf(each), `'${each.name}' is already defined at ${where}`, 'another name');
      }
    }
  };
  const key = ({ place }: Named<unknown>) => place;
  const id = (each: Named<unknown>) => each.at(['id']);
  const own = lists.of(spec, [source], () => listsOf(spec, source));
  put(parts.hostGroups, own.hostGroups, key);
  put(parts.addressSets, own.addressSets, key);
  put(parts.services, own.services, key);
  put(parts.schedules, own.schedules, key);
  put(parts.rules, own.rules, id);
  put(parts.denyLists, own.denyLists, id);
}

function listsOf(spec: Shared, source: SourcePlaces): Lists {
  const named = <T>(name: string, value: T, path: Path): Named<T> => ({
    name,
    value,
    place: source.place(path, true),
    at: (below) => source.place([...path, ...below]),
  });
  const ofMap = <T>(kind: string, values: Readonly<Record<string, T>>) =>
    Object.entries(values).map(([name, value]) => named(name, value, ['spec', kind, name]));
  const ofList = <T extends { readonly id: string }>(kind: string, values: readonly T[]) =>
    values.map((value, i) => named(value.id, value, ['spec', kind, i]));
  return {
    hostGroups: ofMap('hostGroups', spec.hostGroups),
    addressSets: ofMap('addressSets', spec.addressSets),
    services: ofMap('services', spec.services),
    schedules: ofMap('schedules', spec.schedules),
    rules: ofList('rules', spec.rules),
    denyLists: ofList('denyLists', spec.denyLists),
  };
}
