/** Destinations that no packet leaves the link for: the same as in policy/matcher/link-scope.ts, as nft sets. */
import type { Expression } from 'node-nftables';
import type { Family } from '../../address/address.ts';

const prefix = (addr: string, len: number): Expression => ({ prefix: { addr, len } });

/** ff, four bits of flags, four bits of scope: 1 (interface) and 2 (link), whatever the flags. nft joins the two. */
const MULTICAST = Array.from({ length: 16 }, (_, flags): Expression => {
  const start = `ff${flags.toString(16)}`;
  return { range: [`${start}1::`, `${start}2${':ffff'.repeat(7)}`] };
});

export const LINK_SCOPE: Record<Family, Expression> = {
  4: {
    set: [prefix('127.0.0.0', 8), prefix('169.254.0.0', 16), prefix('224.0.0.0', 24), '255.255.255.255'],
  },
  6: { set: ['::1', prefix('fe80::', 10), ...MULTICAST] },
};
