/**
 * Expressions of rules and elements (libnftables-json(5), EXPRESSIONS). A string is a constant, or with `@` before it
 * the name of a set; an array is a list of constants.
 */
import type { Verdict } from './verdict.ts';

export type Expression =
  | string
  | number
  | boolean
  | readonly Expression[]
  | Payload
  | Meta
  | ConntrackKey
  | Concatenation
  | AnonymousSet
  | Prefix
  | Range
  | MapLookup
  | RouteLookup
  | BinaryOperation
  | ElementExpression;

/** A header field by name (`{protocol: 'tcp', field: 'dport'}`), or bits by place. */
export interface Payload {
  readonly payload:
    | { readonly protocol: string; readonly field: string }
    | { readonly base: 'll' | 'nh' | 'th' | 'ih'; readonly offset: number; readonly len: number };
}

/** Of the packet but not in it: `mark`, `iifname`, `l4proto`, `nfproto`, ... */
export interface Meta {
  readonly meta: { readonly key: string };
}

/** Of the packet's connection: `state`, `status`, `mark`; with a direction also `ip daddr`, `proto-dst`, ... */
export interface ConntrackKey {
  readonly ct: {
    readonly key: string;
    readonly family?: 'ip' | 'ip6';
    readonly dir?: 'original' | 'reply';
  };
}

export interface Concatenation {
  readonly concat: readonly Expression[];
}

/** A set without a name; of pairs in a map or verdict map. */
export interface AnonymousSet {
  readonly set: Expression | readonly (Expression | MapPair)[];
}

/** Key and what it is mapped to. */
export type MapPair = readonly [Expression, Expression | Verdict];

export interface Prefix {
  readonly prefix: { readonly addr: Expression; readonly len: number };
}

/** Both ends are included. */
export interface Range {
  readonly range: readonly [Expression, Expression];
}

/** The value that a map gives for a key. */
export interface MapLookup {
  readonly map: { readonly key: Expression; readonly data: Expression };
}

/** What the routing table says of the packet. */
export interface RouteLookup {
  readonly fib: {
    readonly result: 'oif' | 'oifname' | 'type';
    readonly flags: string | readonly string[];
  };
}

export type BinaryOperation =
  | { readonly '&': readonly [Expression, Expression] }
  | { readonly '|': readonly [Expression, Expression] }
  | { readonly '^': readonly [Expression, Expression] }
  | { readonly '<<': readonly [Expression, Expression] }
  | { readonly '>>': readonly [Expression, Expression] };

/** An element with more than its key. Times in seconds. */
export interface ElementExpression {
  readonly elem: {
    readonly val: Expression;
    readonly timeout?: number;
    readonly expires?: number;
    readonly comment?: string;
  };
}
