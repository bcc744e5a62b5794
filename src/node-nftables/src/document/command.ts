/**
 * Commands (libnftables-json(5), COMMAND OBJECTS). nft carries them out in order, in one transaction.
 * `destroy` is left out: nft 1.0.6 does not know it; add and delete do the same.
 */
import type { Chain, ChainRef, ChainRename } from './chain.ts';
import type { Elements } from './element.ts';
import type { Family } from './family.ts';
import type { Counter, Limit, ObjectRef, Quota } from './object.ts';
import type { PlacedRule, Rule, RuleRef } from './rule.ts';
import type { MapDefinition, SetDefinition, SetRef } from './set.ts';
import type { Table, TableRef } from './table.ts';

/** What can be added. With `add` it may be there already, with `create` not. */
export type Addition =
  | { readonly table: Table }
  | { readonly chain: Chain }
  | { readonly rule: PlacedRule }
  | { readonly set: SetDefinition }
  | { readonly map: MapDefinition }
  | { readonly element: Elements }
  | { readonly counter: Counter }
  | { readonly quota: Quota }
  | { readonly limit: Limit };

export type Deletion =
  | { readonly table: TableRef }
  | { readonly chain: ChainRef }
  | { readonly rule: RuleRef }
  | { readonly set: SetRef }
  | { readonly map: SetRef }
  | { readonly element: Elements }
  | { readonly counter: ObjectRef }
  | { readonly quota: ObjectRef }
  | { readonly limit: ObjectRef };

/** Emptied: a table and a chain of rules, a set and a map of elements, the ruleset of everything. */
export type Flush =
  | { readonly ruleset: null | { readonly family: Family } }
  | { readonly table: TableRef }
  | { readonly chain: ChainRef }
  | { readonly set: SetRef }
  | { readonly map: SetRef };

export type Command =
  | { readonly add: Addition }
  | { readonly create: Addition }
  | { readonly delete: Deletion }
  | { readonly flush: Flush }
  | { readonly insert: { readonly rule: PlacedRule } }
  | { readonly replace: { readonly rule: Rule & RuleRef } }
  | { readonly rename: { readonly chain: ChainRename } };
