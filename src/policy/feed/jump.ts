/**
 * Has a list changed by more than it should at once? A feed that was cut off, emptied or filled by a stranger is still
 * in its format: the number of networks, and how much of the Internet they hold, is what shows it.
 */
import { coveredShare, type PrefixColumns } from '../prefix-columns.ts';
import type { FeedLimits } from './feed.ts';

/** Changes of so few networks are no jump: small lists live in steps. */
const FEW_GONE = 10;
const FEW_NEW = 100;
/** Growth of the space held counts from here on: a /8 of IPv4, a /16 of IPv6. */
const MUCH_SPACE = { ipv4: 2 ** -8, ipv6: 2 ** -16 };

/** Completes "deny list NAME:"; undefined when the change is within the limits. */
export function jumpBetween(
  last: PrefixColumns,
  next: PrefixColumns,
  { maxShrinkPercent, maxGrowthPercent }: FeedLimits,
): string | undefined {
  const [from, to] = [last.length, next.length];
  const change = `from ${from} to ${to} networks at once`;
  if (from - to > FEW_GONE && to < from * (1 - maxShrinkPercent / 100)) {
    return `shrank ${change}, by more than ${maxShrinkPercent} % (maxShrinkPercent)`;
  }
  const most = 1 + maxGrowthPercent / 100;
  if (to - from > FEW_NEW && to > from * most) {
    return `grew ${change}, by more than ${maxGrowthPercent} % (maxGrowthPercent)`;
  }
  const wider = (['ipv4', 'ipv6'] as const).find((family) => {
    const [was, is] = [coveredShare(last[family]), coveredShare(next[family])];
    return is - was > MUCH_SPACE[family] && is > was * most;
  });
  return wider && `holds ${maxGrowthPercent} % more of all addresses than before (maxGrowthPercent)`;
}
