/**
 * Blocks of prefixes may nest: 203.0.113.0/24 for an hour, 203.0.113.128/25 for five. An interval set of the kernel
 * holds no overlapping elements, and `auto-merge` would widen the longer block, so the blocks are cut into segments
 * that do not overlap, each standing as long as the longest block over it:
 *
 *   /24      |-------- 1 h --------|
 *   /25                 |-- 5 h ---|
 *   segments |-- 1 h ---|-- 5 h ---|
 */
import { type Address, type Prefix, toBytes } from '../address/address.ts';
import { lastAddress } from '../address/prefix.ts';

export interface Lifetime {
  /** The whole time the block was given, in ms. */
  readonly timeoutMs: number;
  /** When it ends, ms since the epoch. */
  readonly expiresAtMs: number;
}

export interface PrefixBlock extends Lifetime {
  readonly prefix: Prefix;
}

/** First and last address, both included, as numbers. */
export interface Segment extends Lifetime {
  readonly first: bigint;
  readonly last: bigint;
}

/** Blocks of one family to segments, in ascending order. Neighbours that end together are joined. */
export function segments(blocks: readonly PrefixBlock[]): Segment[] {
  const ranges = blocks.map((block) => ({ ...block, ...rangeOf(block.prefix) }));
  const cuts = [...new Set(ranges.flatMap(({ first, last }) => [first, last + 1n]))].sort(ascending);
  const found: Segment[] = [];
  for (const [index, first] of cuts.slice(0, -1).entries()) {
    const over = ranges.filter((range) => range.first <= first && first <= range.last);
    if (over.length > 0) join(found, { ...longest(over), first, last: cuts[index + 1] - 1n });
  }
  return found;
}

/** Append, or lengthen the last segment when the new one touches it and ends at the same time. */
function join(found: Segment[], { first, last, timeoutMs, expiresAtMs }: Segment): void {
  const before = found.at(-1);
  if (before?.last === first - 1n && before.expiresAtMs === expiresAtMs && before.timeoutMs === timeoutMs) {
    found[found.length - 1] = { ...before, last };
  } else {
    found.push({ first, last, timeoutMs, expiresAtMs });
  }
}

/** The lifetime that ends last; of two that end together the longer, so that the choice does not hang on order. */
export function longest<T extends Lifetime>(lifetimes: readonly T[]): T {
  return lifetimes.reduce((best, next) =>
    next.expiresAtMs > best.expiresAtMs ||
    (next.expiresAtMs === best.expiresAtMs && next.timeoutMs > best.timeoutMs)
      ? next
      : best,
  );
}

export function rangeOf(prefix: Prefix): { first: bigint; last: bigint } {
  return { first: toNumber(prefix.address), last: toNumber(lastAddress(prefix)) };
}

export function toNumber(address: Address): bigint {
  return toBytes(address).reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
}

/** Big-endian bytes of a number: 4 for IPv4, 16 for IPv6. */
export function numberBytes(value: bigint, length: 4 | 16): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => Number((value >> BigInt(8 * (length - 1 - i))) & 255n));
}

function ascending(x: bigint, y: bigint): number {
  return x < y ? -1 : x > y ? 1 : 0;
}
