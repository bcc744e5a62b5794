/**
 * One interval of an rbtree by a key in it, with two kinds of question to the kernel: START(x), the start at or
 * nearest below x, which is the interval's own; and END(x), what ends the interval from x on.
 *
 *   START k ......... END e+1         the interval k - e
 *
 * END is unsure where intervals touch: END(k) may be the end of the one below, which lies on k; END(k+1), when the
 * interval is k alone, may miss the end there. So an end counts only when the start that belongs to it is k, and
 * when both fail the interval is k alone.
 */
import type { NetlinkClient } from 'node-netlink';
import { NFT_SET_ELEM_INTERVAL_END } from '../netlink/nf-tables.ts';
import type { ElementSet, SetElement } from './element.ts';
import { compareKeys, lastKey, nextKey, previousKey } from './key-arithmetic.ts';
import { lookUp } from './reading.ts';

/** Undefined when no interval holds the key. @throws NetlinkError */
export function lookUpInterval(
  client: NetlinkClient,
  set: ElementSet,
  key: Uint8Array,
): SetElement | undefined {
  const start = lookUp(client, set, key);
  if (start === undefined) return undefined;
  const { isIntervalEnd: _, ...element } = start;
  return { ...element, keyEnd: lastOf(client, set, element.key) };
}

function lastOf(client: NetlinkClient, set: ElementSet, first: Uint8Array): Uint8Array {
  for (const from of [first, nextKey(first)]) {
    const last = from && lastFrom(client, set, from);
    if (last === undefined || compareKeys(last, first) < 0) continue;
    const start = lookUp(client, set, last);
    if (start !== undefined && compareKeys(start.key, first) === 0) return last;
  }
  return first;
}

/** Without an end the interval reaches up to the very last key. */
function lastFrom(client: NetlinkClient, set: ElementSet, key: Uint8Array): Uint8Array | undefined {
  const end = lookUp(client, set, key, NFT_SET_ELEM_INTERVAL_END);
  return end === undefined ? lastKey(key.length) : previousKey(end.key);
}
