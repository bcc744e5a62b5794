import type { Expression, MapPair } from './expression.ts';
import type { Place } from './table.ts';

/** An element of a set (a key) or of a map (key and value). */
export type Element = Expression | MapPair;

/** Elements of the set or map with this name. */
export interface Elements extends Place {
  readonly name: string;
  readonly elem: Element | readonly Element[];
}
