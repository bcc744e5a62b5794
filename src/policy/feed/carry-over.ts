/**
 * A policy that comes into force knows nothing of what its URLs hold until that is read again. What the policy before
 * it held of the same list and URL bridges the moment, so that a change of something else opens no gap. What the new
 * policy protects holds all the same: `neverBlock` vetoes a block whatever a list says.
 */
import type { DenyList, Policy } from '../policy.ts';

/** `held`: the deny lists in force, as they are now. */
export function withFetched(policy: Policy, held: readonly DenyList[]): Policy {
  const fetched = new Map(held.flatMap((list) => (list.feed?.url == null ? [] : [[keyOf(list), list]])));
  const denyLists = policy.denyLists.map((list) => {
    const known = list.content === null ? fetched.get(keyOf(list)) : undefined;
    return known === undefined ? list : { ...list, prefixes: known.prefixes, content: known.content };
  });
  return { ...policy, denyLists };
}

function keyOf({ id, feed }: DenyList): string {
  return `${id} ${feed?.url ?? ''}`;
}
