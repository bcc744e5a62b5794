/** Named objects of a table that rules refer to (libnftables-json(5): COUNTER, QUOTA, LIMIT). */
import type { Place } from './table.ts';

/** What names an object. */
export interface ObjectRef extends Place {
  readonly name: string;
}

export interface Counter extends ObjectRef {
  readonly packets?: number;
  readonly bytes?: number;
  readonly comment?: string;
}

export interface Quota extends ObjectRef {
  readonly bytes: number;
  readonly used?: number;
  /** True: matches once the quota is used up. */
  readonly inv?: boolean;
  readonly comment?: string;
}

export interface Limit extends ObjectRef {
  readonly rate: number;
  readonly per?: 'second' | 'minute' | 'hour' | 'day' | 'week';
  readonly burst?: number;
  readonly unit?: 'packets' | 'bytes';
  readonly inv?: boolean;
  readonly comment?: string;
}
