/** The fake kernel's ruleset. A transaction works on a copy, which takes the place of the original when it ends well. */
import type {
  Chain,
  Counter,
  Family,
  Limit,
  MapDefinition,
  Quota,
  Rule,
  SetDefinition,
  TableRef,
} from '../document/index.ts';
import type { SetElement } from '../elements/element.ts';

export interface FakeElement {
  readonly element: SetElement;
  /** By the fake's clock, in milliseconds. */
  readonly expiresAtMs: number | undefined;
}

export interface FakeSet {
  readonly kind: 'set' | 'map';
  readonly handle: number;
  /** Without `elem`. */
  readonly definition: SetDefinition | MapDefinition;
  /** By key and last key, in hexadecimal. */
  readonly elements: Map<string, FakeElement>;
}

export interface FakeRule {
  readonly handle: number;
  readonly rule: Rule;
}

export interface FakeChain {
  readonly handle: number;
  readonly chain: Chain;
  readonly rules: FakeRule[];
}

export type ObjectKind = 'counter' | 'quota' | 'limit';

export interface FakeObject {
  readonly kind: ObjectKind;
  readonly handle: number;
  readonly object: Counter | Quota | Limit;
}

export interface FakeTable {
  readonly family: Family;
  readonly name: string;
  readonly handle: number;
  /** The process that others may not change it beside (flag `owner`). */
  readonly owner?: number;
  readonly chains: Map<string, FakeChain>;
  readonly sets: Map<string, FakeSet>;
  /** By kind and name. */
  readonly objects: Map<string, FakeObject>;
}

/** By family and name. */
export type Ruleset = Map<string, FakeTable>;

export function tableKey({ family, name }: TableRef): string {
  return `${family} ${name}`;
}

export function objectKey(kind: ObjectKind, name: string): string {
  return `${kind} ${name}`;
}

export function copyRuleset(ruleset: Ruleset): Ruleset {
  return mapValues(ruleset, (table) => ({
    ...table,
    chains: mapValues(table.chains, (chain) => ({ ...chain, rules: [...chain.rules] })),
    sets: mapValues(table.sets, (set) => ({ ...set, elements: new Map(set.elements) })),
    objects: new Map(table.objects),
  }));
}

function mapValues<V>(map: ReadonlyMap<string, V>, change: (value: V) => V): Map<string, V> {
  return new Map([...map].map(([key, value]) => [key, change(value)]));
}
