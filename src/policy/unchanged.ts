/**
 * What is equal in a file before and after it was edited is the same object in both, so that what was made of it need
 * not be made again.
 */
import { isDeepStrictEqual } from 'node:util';
import type { PolicyDocument, PolicyPart } from './schema/policy.ts';

type Named = Readonly<Record<string, unknown>>;
type Listed = readonly { readonly id: string }[];

/** `now`, with everything of `before` in it that has the same name and says the same. */
export function keepUnchanged<T extends PolicyDocument | PolicyPart>(
  now: T,
  before: PolicyDocument | PolicyPart,
): T {
  const [spec, old] = [now.spec, before.spec];
  const kept = {
    hostGroups: keepNamed(spec.hostGroups, old.hostGroups),
    addressSets: keepNamed(spec.addressSets, old.addressSets),
    services: keepNamed(spec.services, old.services),
    schedules: keepNamed(spec.schedules, old.schedules),
    rules: keepListed(spec.rules, old.rules),
    denyLists: keepListed(spec.denyLists, old.denyLists),
  };
  return { ...now, spec: { ...spec, ...kept } };
}

function keepNamed<T extends Named>(now: T, before: Named): T {
  const kept = Object.entries(now).map(([name, value]) => [name, keep(value, before[name])]);
  return Object.fromEntries(kept) as T;
}

function keepListed<T extends Listed>(now: T, before: Listed): T {
  const known = new Map(before.map((each) => [each.id, each]));
  return now.map((each) => keep(each, known.get(each.id))) as unknown as T;
}

function keep(now: unknown, before: unknown): unknown {
  return isDeepStrictEqual(now, before) ? before : now;
}
