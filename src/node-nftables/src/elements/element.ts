import type { Flags, SetFlag, SetRef, Verdict } from '../document/index.ts';

/** A set or map whose elements are handled; its definition (`SetDefinition`) is one. */
export interface ElementSet extends SetRef {
  /** A type, or one for each field of a concatenated key. */
  readonly type: string | readonly string[];
  /** `interval` changes how elements are written. */
  readonly flags?: Flags<SetFlag>;
}

export interface SetElement {
  /** As the kernel has it: network order, the fields of a concatenation each padded to four bytes (see key.ts). */
  readonly key: Uint8Array;
  /**
   * Interval sets only: the last key of the range, included. Left out it is `key`. When read, an interval set gives
   * it always, and other sets never.
   */
  readonly keyEnd?: Uint8Array;
  /** The time the element was given, in milliseconds; the kernel rounds it to its clock. None: it stays. */
  readonly timeoutMs?: number;
  /** The rest of that time. When added it may be less than `timeoutMs`; left out it is the same. */
  readonly expiresInMs?: number;
  /** At most 127 bytes of UTF-8. */
  readonly comment?: string;
  /** Maps only. */
  readonly value?: ElementValue;
  /** When read from a set whose elements count (`stmt`): packets that matched it, since it was added. */
  readonly counter?: ElementCounter;
}

/** Doubles: exact up to 2^53. */
export interface ElementCounter {
  readonly packets: number;
  readonly bytes: number;
}

/** Bytes in network order, or what a verdict map says. */
export type ElementValue = Uint8Array | Verdict;

/** How the elements of a set are written: see element-writer.ts. */
export type Layout = 'single' | 'interval' | 'concatenated interval';

export function layoutOf({ type, flags }: ElementSet): Layout {
  const isInterval = flags === 'interval' || flags?.includes('interval');
  if (!isInterval) return 'single';
  return typeof type === 'string' || type.length === 1 ? 'interval' : 'concatenated interval';
}
