/**
 * What of the table's elements is there from a boot until the daemon runs:
 *
 *   open      all that stood: blocks, deny lists and, in mode enforce, the allowlist
 *   closed    blocks and deny lists, and an allowlist without a rule, whatever the policy's mode: hosts of the host
 *             groups open no connection but what neverBlock spares
 */
import type { Family } from '../address/address.ts';
import { elementId, type KernelElement, STAYS } from './element.ts';
import { descriptorOf, FAMILIES } from './sets.ts';

export type BootChoice = 'open' | 'closed';

/** NFPROTO_*, as the kernel has it in `meta nfproto`. */
const NF_PROTO: Record<Family, number> = { 4: 2, 6: 10 };

/** Of what stands beside the deny lists, which stay as they are. */
export function bootElements(standing: readonly KernelElement[], choice: BootChoice): KernelElement[] {
  if (choice === 'open') return [...standing];
  const kept = standing.filter(({ set }) => {
    const isAllowed = set === 'allow4' || set === 'allow6' || descriptorOf(set).owner === 'names';
    return !isAllowed && set !== 'mode';
  });
  return [...kept, ...FAMILIES.map(judgedByAllowlist)];
}

/** The element that leads to the allowlist. */
function judgedByAllowlist(family: Family): KernelElement {
  const key = Uint8Array.of(NF_PROTO[family]);
  const value = { goto: { target: `admit${family}` } };
  return { set: 'mode', id: elementId('mode', key), key, value, ...STAYS };
}
