/** What judging by names needs to know; the answers of resolvers are watched elsewhere. */
import type { Address, Prefix } from '../address/address.ts';
import type { AddressRanges } from '../address/ranges.ts';
import type { KeyRange } from './policy.ts';

/** Which address sets hold an address now because a name of theirs stands for it. */
export interface NameSource {
  /** Places of the sets in the policy, in rising order; the same array as long as nothing changes. */
  setsOf(address: Address): readonly number[];
}

const NONE: readonly number[] = [];

/** Nobody watches DNS: `penstock test`, a replay. */
export const NO_NAMES: NameSource = { setsOf: () => NONE };

/** Hosts that may reach a named destination, and by which keys. */
export interface NamedBox {
  readonly hosts: AddressRanges;
  /** Sorted, without overlap. */
  readonly keys: readonly KeyRange[];
}

/** How names are watched. Times in ms. */
export interface NameSettings {
  /** Networks whose answers are believed. */
  readonly resolvers: readonly Prefix[];
  /** An address holds at least so long, whatever the ttl of its record. */
  readonly ttlFloorMs: number;
  /** DNS while nobody watches: answers pass and teach nothing, or are held back. */
  readonly whenDown: 'pass' | 'hold';
}
