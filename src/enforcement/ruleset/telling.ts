/**
 * Which of the packets that are dropped, or spared, are told to us (nfnetlink_log). All are counted; told are the first
 * packets of connections, and never more than can be looked at:
 *
 *   tell_KIND   1 not the first of its connection       back       the connection's flow is known
 *               2 its sender was told of too often       back       one host cannot take what belongs to all
 *               3 too many of this kind in all           back
 *               4 with or without DNAT                   logged     the packet shows only where it was led
 *
 * When @talkersN is full, of made-up senders, the kernel passes over line 2, and line 3 alone holds.
 */
import type { Statement } from 'node-nftables';
import { FAMILIES } from '../sets.ts';
import { address, type Chain, goBack, match, translated } from './rule.ts';

export const TOLD = ['refused', 'denied', 'spared'] as const;
export type Told = (typeof TOLD)[number];

/** Told by table `inet penstock_limits` (limits/limit-rules.ts). */
export const LIMIT_NAMES = ['newConnections', 'concurrentConnections', 'bytesOut'] as const;
export type LimitName = (typeof LIMIT_NAMES)[number];

export function isLimit(kind: Told | LimitName): kind is LimitName {
  return (LIMIT_NAMES as readonly string[]).includes(kind);
}

const KINDS: readonly (Told | LimitName)[] = [...TOLD, ...LIMIT_NAMES];

/** Most groups in use are small numbers. */
export const LOG_GROUP = 4371;
const PREFIX = 'penstock ';
const TRANSLATED = ' translated';

/** Packets a second, and at once, of one sender and of all. */
const OF_ONE = { rate: 50, burst: 250, per: 'second' } as const;
const OF_ALL = { rate: 500, burst: 1_000, per: 'second' } as const;
/** IPv6 with some extension headers, and ports. */
const LOG_BYTES = 128;
/** As many wait for each other in the kernel, for 10 ms at most. */
const LOG_QUEUE = 16;

export function tellingChains(): Chain[] {
  return TOLD.map((kind) => ({ name: `tell_${kind}`, rules: tellingRules(kind) }));
}

/** Of a chain `tell_KIND`, in a table that has sets @talkersN. `of`: line 1 is left out, or not. */
export function tellingRules(
  kind: Told | LimitName,
  { of = 'first' }: { of?: 'first' | 'all' } = {},
): Statement[][] {
  return [
    ...(of === 'first' ? [[match('!=', { ct: { key: 'state' } }, 'new'), goBack]] : []),
    ...FAMILIES.map((family): Statement[] => [
      {
        set: {
          op: 'update',
          elem: address(family, 'saddr'),
          set: `@talkers${family}`,
          stmt: [{ limit: { ...OF_ONE, inv: true } }],
        },
      },
      goBack,
    ]),
    [{ limit: { ...OF_ALL, inv: true } }, goBack],
    [translated, log(`${PREFIX}${kind}${TRANSLATED}`), goBack],
    [log(`${PREFIX}${kind}`)],
  ];
}

/** What a logged packet's prefix says; undefined when no rule of ours wrote it. */
export function readPrefix(
  prefix: string,
): { readonly told: Told | LimitName; readonly translated: boolean } | undefined {
  if (!prefix.startsWith(PREFIX)) return undefined;
  const [kind, suffix, ...more] = prefix.slice(PREFIX.length).split(' ');
  const told = KINDS.find((each) => each === kind);
  if (told === undefined || more.length > 0 || (suffix !== undefined && suffix !== TRANSLATED.trim()))
    return undefined;
  return { told, translated: suffix !== undefined };
}

function log(prefix: string): Statement {
  return { log: { prefix, group: LOG_GROUP, snaplen: LOG_BYTES, 'queue-threshold': LOG_QUEUE } };
}
