/** What the kernel announces about the ruleset (NFNLGRP_NFTABLES). */
import type { Family } from '../document/index.ts';
import type { WireElement } from '../elements/element-reader.ts';
import type { Generation } from '../netlink/generation.ts';

interface Announced {
  readonly action: 'new' | 'delete';
  /**
   * Port id of the socket that asked for it; 0 when nobody did (a socket that owned a table was closed). It tells
   * changes through one `SetElements` from all others.
   */
  readonly portId: number;
}

interface InTable extends Announced {
  readonly family: Family;
  readonly table: string;
}

interface Named extends InTable {
  readonly name: string;
}

export interface TableChange extends InTable {
  readonly kind: 'table';
}

export interface ChainChange extends Named {
  readonly kind: 'chain';
}

export interface RuleChange extends InTable {
  readonly kind: 'rule';
  readonly chain: string;
  readonly handle: bigint;
}

/** A set or a map. Anonymous sets of rules are among them, named `__set0` and the like. */
export interface SetChange extends Named {
  readonly kind: 'set';
}

/** Expiry is not announced, and neither are the elements of a set or table that is deleted. */
export interface ElementsChange extends InTable {
  readonly kind: 'element';
  readonly set: string;
  readonly elements: readonly WireElement[];
}

/** A counter, quota, limit, ... */
export interface ObjectChange extends Named {
  readonly kind: 'object';
}

export interface FlowtableChange extends Named {
  readonly kind: 'flowtable';
}

/** Ends a transaction: the changes before it, up to the last of these, were made by this process. */
export interface GenerationChange extends Announced, Generation {
  readonly kind: 'generation';
}

export type RulesetChange =
  | TableChange
  | ChainChange
  | RuleChange
  | SetChange
  | ElementsChange
  | ObjectChange
  | FlowtableChange
  | GenerationChange;
