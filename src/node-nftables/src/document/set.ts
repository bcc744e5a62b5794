import type { Element } from './element.ts';
import type { Flags } from './flags.ts';
import type { Statement } from './statement.ts';
import type { Place } from './table.ts';

/**
 * `interval`: elements may be prefixes and ranges. `dynamic` (rules add elements) is refused in JSON by nft 1.0.6,
 * which makes a set that rules can add to when it has `timeout`.
 */
export type SetFlag = 'constant' | 'interval' | 'timeout' | 'dynamic';

/** What names a set or map. */
export interface SetRef extends Place {
  readonly name: string;
}

export interface SetDefinition extends SetRef {
  /** A type, or one for each field of a concatenated key: `ipv4_addr`, `inet_service`, ... */
  readonly type: string | readonly string[];
  readonly flags?: Flags<SetFlag>;
  readonly policy?: 'performance' | 'memory';
  /** Timeout in seconds of elements that have none of their own. */
  readonly timeout?: number;
  /** Seconds. */
  readonly 'gc-interval'?: number;
  /** Most elements. */
  readonly size?: number;
  readonly 'auto-merge'?: boolean;
  /** What each element does when a packet matches it: `{counter: null}`. */
  readonly stmt?: readonly Statement[];
  readonly elem?: Element | readonly Element[];
}

export interface MapDefinition extends SetDefinition {
  /** Type of the values; `verdict` for a verdict map. */
  readonly map: string | readonly string[];
}
