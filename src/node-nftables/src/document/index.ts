export type * from './chain.ts';
export type * from './command.ts';
export type * from './element.ts';
export type * from './expression.ts';
export { type Family, familyName, familyNumber } from './family.ts';
export { type Flags, flagList } from './flags.ts';
export {
  type ListedMap,
  type ListedObject,
  type ListedRule,
  type ListedSet,
  type Listing,
  parseListing,
  type Untyped,
} from './listing.ts';
export type * from './object.ts';
export type * from './rule.ts';
export type * from './set.ts';
export type * from './statement.ts';
export type * from './table.ts';
export type * from './verdict.ts';
