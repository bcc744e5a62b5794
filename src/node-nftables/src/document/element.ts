import type { Expression, MapPair } from './expression.ts';
import type { SetRef } from './set.ts';

/** An element of a set (a key) or of a map (key and value). */
export type Element = Expression | MapPair;

export interface Elements extends SetRef {
  readonly elem: Element | readonly Element[];
}
