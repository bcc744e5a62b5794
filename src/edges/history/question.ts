/** What the history can be asked, and what it answers. Times are ms since the epoch. */
import type { Step } from './step.ts';

/** All that are given must hold. The buckets that hold the two times are counted whole. */
export interface Filter {
  readonly host?: string | undefined;
  readonly group?: string | undefined;
  /** An address, or a name. */
  readonly destination?: string | undefined;
  readonly rule?: string | undefined;
  readonly fromMs: number;
  readonly toMs: number;
}

export interface SeriesQuestion extends Filter {
  readonly step: Step;
}

export type Key = 'host' | 'destination' | 'group' | 'rule' | 'country' | 'as' | 'service';

export interface TopQuestion extends Filter {
  readonly by: Key;
  readonly limit: number;
}

export interface Sums {
  bytesOut: number;
  bytesIn: number;
  connections: number;
  denied: number;
}

export interface Point extends Sums {
  readonly atMs: number;
}

export interface Series {
  readonly step: Step;
  readonly points: Point[];
}

export interface Item extends Sums {
  readonly key: string;
  readonly name?: string;
  firstSeenMs: number;
  lastSeenMs: number;
}

/** `fromMs` and `toMs`: the buckets that were summed, of width `step`. */
export interface Top {
  readonly by: Key;
  readonly step: Step;
  readonly fromMs: number;
  readonly toMs: number;
  readonly items: Item[];
  readonly other: Sums;
}

/** What went where by a rule; `service` is protocol << 16 | port. null: others. */
export interface RuleUse extends Sums {
  readonly destination: string | null;
  readonly name?: string;
  readonly service: number | null;
}

export interface RuleUses {
  readonly rule: string;
  readonly uses: RuleUse[];
  /** There were more than were asked for. */
  readonly truncated: boolean;
}

export function noSums(): Sums {
  return { bytesOut: 0, bytesIn: 0, connections: 0, denied: 0 };
}

export function addSums(to: Sums, { bytesOut, bytesIn, connections, denied }: Sums): void {
  to.bytesOut += bytesOut;
  to.bytesIn += bytesIn;
  to.connections += connections;
  to.denied += denied;
}
