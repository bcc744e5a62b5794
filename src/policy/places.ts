/**
 * Where what a policy has was written. Kept apart from it: with one line more at the top of a file all below stands
 * elsewhere, and says what it said. So whoever keeps something for a rule goes on keeping it.
 */
import type { Parts } from './parts.ts';
import type { Place } from './problem.ts';
import type { SourcePlaces } from './yaml-source.ts';

/** List by list, in the order of the policy's own. */
export type PolicyPlaces = { readonly [List in keyof Parts]: readonly Place[] } & {
  readonly neverBlock: Place;
};

export function placesOf(parts: Parts, entry: SourcePlaces): PolicyPlaces {
  const of = (all: ReadonlyMap<string, { readonly place: Place }>) =>
    Array.from(all.values(), ({ place }) => place);
  return {
    hostGroups: of(parts.hostGroups),
    addressSets: of(parts.addressSets),
    services: of(parts.services),
    schedules: of(parts.schedules),
    rules: of(parts.rules),
    denyLists: of(parts.denyLists),
    neverBlock: entry.place(['spec', 'neverBlock'], true),
  };
}
