import type { Family } from './family.ts';
import type { Flags } from './flags.ts';

/** `owner`: others may not change it, and it goes when its socket closes, unless `persist` (kernel 6.9). */
export type TableFlag = 'dormant' | 'owner' | 'persist';

/** What names a table. */
export interface TableRef {
  readonly family: Family;
  readonly name: string;
}

export interface Table extends TableRef {
  /** nft before 1.1 does not take these in JSON, and prints garbage for them. */
  readonly flags?: Flags<TableFlag>;
}

/** Where a chain, set, rule or object lives. */
export interface Place {
  readonly family: Family;
  readonly table: string;
}
