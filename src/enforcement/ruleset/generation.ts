/**
 * Which policy a connection was admitted under, in four bits of its mark:
 *
 *   31  28 27                       0
 *   +-----+--------------------------+
 *   | gen | of others                |      (which four bits is configurable)
 *   +-----+--------------------------+
 *
 *   established, mark & MASK in @pass        accept: the short way
 *   otherwise                                judged; when admitted: stampG, G by the map @stamp
 *
 * 0 is a connection that nobody stamped. With another policy another generation is given out and passes: the next
 * packet of every connection that stands, in whatever direction, is judged anew by its original tuple. In the modes
 * that do not enforce, @pass holds all 16 values and nothing is stamped.
 */
import type { Expression, Statement } from 'node-nftables';
import { accept, byFamily, type Chain, type ChainName, ctState, inSet } from './rule.ts';

/** Others are left the lower 28 bits. */
export const DEFAULT_MARK_MASK = 0xf0000000;
export const GENERATIONS = 15;

/** Four bits next to each other. */
export function isMarkMask(mask: number): boolean {
  const shift = markShift(mask);
  return Number.isInteger(mask) && shift <= 28 && (0xf << shift) >>> 0 === mask;
}

/** The mark's bits for a generation, 0 to 15. */
export function markOf(generation: number, mask: number): number {
  return (generation << markShift(mask)) >>> 0;
}

/** The short way. */
export function passRule(mask: number): Statement[] {
  return [ctState('established'), inPass(mask), accept];
}

/** {@link passRule} before anything is asked about stations; see shortcut.ts. */
export function shortRule(mask: number): Statement[] {
  return [ctState('established'), inSet({ '&': [mark, mask] }, 'shortcut'), accept];
}

export function inPass(mask: number): Statement {
  return inSet({ '&': [mark, mask] }, 'pass');
}

export function generationChains(mask: number): Chain[] {
  const numbers = Array.from({ length: GENERATIONS }, (_, i) => i + 1);
  return [
    ...numbers.map((generation) => ({ name: stampChain(generation), rules: [stampRule(generation, mask)] })),
    { name: 'stamp', rules: [[byFamily('@stamp')], [accept]] },
  ];
}

export function stampChain(generation: number): ChainName {
  return `stamp${generation}`;
}

const mark: Expression = { ct: { key: 'mark' } };

/** Written as nft lists it: `ct mark & (~MASK | bits) | bits`. */
function stampRule(generation: number, mask: number): Statement[] {
  const bits = markOf(generation, mask);
  const kept = (~mask | bits) >>> 0;
  const rest: Expression = kept === 0xffffffff ? mark : { '&': [mark, kept] };
  return [{ mangle: { key: mark, value: { '|': [rest, bits] } } }, accept];
}

function markShift(mask: number): number {
  return mask === 0 ? 32 : 31 - Math.clz32(mask & -mask);
}
