/**
 * Networks that a feed must never put on a list, whatever it says. None of them ever takes effect:
 *
 *   too wide, reserved or private space,    no honest feed has it: the whole content is refused, unless the policy
 *   a neverBlock destination                says that such entries are left out (onUnsafe: skip)
 *   ours (a host group)                     may be true, and news about us: left out, and reported
 */
import { addressBits, type Prefix } from '../../address/address.ts';
import { formatPrefix } from '../../address/prefix.ts';
import type { FeedLimits } from './feed.ts';
import { NetworkSet } from './network-set.ts';
import { RESERVED } from './reserved.ts';

/** What the policy protects. Plain data. */
export interface Protected {
  /** Destinations under neverBlock. */
  readonly neverBlock: readonly Prefix[];
  /** Networks of the host groups. */
  readonly own: readonly Prefix[];
}

export interface Objection {
  /** `wide` and `reserved` are known from the entry itself. */
  readonly kind: 'wide' | 'reserved' | 'neverBlock' | 'own';
  /** Completes "198.51.100.0/24 is". */
  readonly what: string;
}

const RESERVED_SET = new NetworkSet(RESERVED);

export class FeedGuard {
  readonly #widest: FeedLimits['widestPrefix'];
  readonly #neverBlock: NetworkSet;
  readonly #own: NetworkSet;

  /** A host group wider than the widest entry allowed says nothing about what is ours. */
  constructor({ widestPrefix }: FeedLimits, { neverBlock, own }: Protected) {
    this.#widest = widestPrefix;
    this.#neverBlock = new NetworkSet(neverBlock);
    this.#own = new NetworkSet(own.filter((prefix) => prefix.length >= this.#widestOf(prefix)));
  }

  objectionTo(prefix: Prefix): Objection | undefined {
    const widest = this.#widestOf(prefix);
    if (prefix.length < widest) return { kind: 'wide', what: `wider than /${widest}` };
    const reserved = RESERVED_SET.touching(prefix);
    if (reserved) return { kind: 'reserved', what: `private or reserved space (${formatPrefix(reserved)})` };
    const kept = this.#neverBlock.touching(prefix);
    if (kept) return { kind: 'neverBlock', what: `never to be blocked (${formatPrefix(kept)})` };
    const own = this.#own.touching(prefix);
    return own && { kind: 'own', what: `ours (${formatPrefix(own)})` };
  }

  #widestOf({ address }: Prefix): number {
    return addressBits(address.family) === 32 ? this.#widest.ipv4 : this.#widest.ipv6;
  }
}
