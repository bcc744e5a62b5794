import type { Statement } from './statement.ts';
import type { Place } from './table.ts';

export interface Rule extends Place {
  readonly chain: string;
  readonly expr: readonly Statement[];
  readonly comment?: string;
}

/** A new rule; it goes behind (`insert`: before) the rule with this handle or at this index. */
export interface PlacedRule extends Rule {
  readonly handle?: number;
  readonly index?: number;
}

/** Rules have no name. The kernel numbers them, and a listing tells the number. */
export interface RuleRef extends Place {
  readonly chain: string;
  readonly handle: number;
}
