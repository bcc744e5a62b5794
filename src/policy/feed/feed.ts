/** Where the networks of a deny list come from when they do not stand in the policy, and what is asked of them. */

export type Feed = FeedSettings & FeedSource;

/** A file below the policy's folder, its name relative to that with `/`; or a URL. */
export type FeedSource =
  | { readonly file: string; readonly url: null }
  | { readonly file: null; readonly url: string };

export interface FeedSettings {
  readonly format: FeedFormat;
  /** Read again this often; null: only with the policy. A URL always has one. */
  readonly refreshMs: number | null;
  /** Last good content older than this is dropped; null: never. */
  readonly maxAgeMs: number | null;
  readonly onError: 'keepLast' | 'drop';
  /** For one attempt to fetch a URL, from looking up the name to the last byte. */
  readonly timeoutMs: number;
  readonly limits: FeedLimits;
}

export type FeedFormat =
  | { readonly name: 'text' | 'hosts' | 'stix' }
  /** `column`: its name in the header line, or its number from 1. */
  | { readonly name: 'csv'; readonly column: string | number }
  /** `field`: the name in each object; null: the values are text themselves. */
  | { readonly name: 'json'; readonly field: string | null };

export interface FeedLimits {
  /** Of the content as it is read, after decompression. */
  readonly maxBytes: number;
  readonly maxPrefixes: number;
  /** Length of the widest network allowed: 8 refuses a /7. */
  readonly widestPrefix: { readonly ipv4: number; readonly ipv6: number };
  /** By how much the number of networks may change from one good content to the next, in percent. */
  readonly maxShrinkPercent: number;
  readonly maxGrowthPercent: number;
  /** What a network that must never be listed does: has the whole content refused, or is left out alone. */
  readonly onUnsafe: 'refuse' | 'skip';
}

/** Which content a list has. */
export interface FeedContent {
  /** Of the content as read, in hex. */
  readonly sha256: string;
  /** When it was read, or its source last said that it is still the same; ms since the epoch. */
  readonly fetchedAtMs: number;
}
