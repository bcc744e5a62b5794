/** What `list` answers (libnftables-json(5), GLOBAL STRUCTURE), and how its text is read. */
import { NftablesError } from '../errors.ts';
import type { BaseChain, RegularChain } from './chain.ts';
import type { Counter, Limit, Quota } from './object.ts';
import type { Rule } from './rule.ts';
import type { MapDefinition, SetDefinition } from './set.ts';
import type { Statement } from './statement.ts';
import type { Table } from './table.ts';

/** The kernel's number of the thing. */
interface Numbered {
  readonly handle: number;
}

/** A statement or object of a kind that this package has no type for, as nft printed it. */
export interface Untyped {
  readonly [property: string]: unknown;
}

export type ListedRule = Omit<Rule, 'expr'> & Numbered & { readonly expr: readonly (Statement | Untyped)[] };
export type ListedSet = SetDefinition & Numbered;
export type ListedMap = MapDefinition & Numbered;

export type ListedObject =
  | { readonly table: Table & Numbered }
  | { readonly chain: (BaseChain | RegularChain) & Numbered }
  | { readonly rule: ListedRule }
  | { readonly set: ListedSet }
  | { readonly map: ListedMap }
  | { readonly counter: Counter & Numbered }
  | { readonly quota: Quota & Numbered }
  | { readonly limit: Limit & Numbered }
  | { readonly flowtable: Untyped };

/** In nft's order, without its `metainfo`. */
export type Listing = readonly ListedObject[];

/** @throws NftablesError NFTABLES_UNREADABLE */
export function parseListing(operation: string, text: string): Listing {
  const objects = nftablesArray(operation, text);
  return objects.filter((object) => !('metainfo' in object)) as unknown as Listing;
}

function nftablesArray(operation: string, text: string): Untyped[] {
  const document = parseJson(operation, text);
  if (!isObject(document) || !Array.isArray(document.nftables) || !document.nftables.every(isListed)) {
    throw unreadable(operation, 'no array of objects under "nftables"');
  }
  return document.nftables;
}

function parseJson(operation: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw unreadable(operation, 'no JSON', cause);
  }
}

/** One property, whose value is an object. */
function isListed(value: unknown): value is Untyped {
  if (!isObject(value)) return false;
  const values = Object.values(value);
  return values.length === 1 && isObject(values[0]);
}

function isObject(value: unknown): value is Untyped {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function unreadable(operation: string, problem: string, cause?: unknown): NftablesError {
  return new NftablesError({
    operation,
    code: 'NFTABLES_UNREADABLE',
    problem: `nft answered with ${problem}`,
    cause,
  });
}
