/** What @pass and @stamp hold: see ruleset/generation.ts. */
import { encodeKey } from 'node-nftables';
import { GENERATIONS, markOf, stampChain } from '../ruleset/generation.ts';
import { FAMILIES } from '../sets.ts';
import { type StandingElement, standingElement } from '../standing-element.ts';

/** A policy that enforces has a generation, 1 to 15; without one all pass and nothing is stamped. */
export function generationPart(
  generation: number | undefined,
  markMask: number,
): ReadonlyMap<string, StandingElement> {
  const passing =
    generation === undefined ? Array.from({ length: GENERATIONS + 1 }, (_, i) => i) : [generation];
  const elements = passing.map((each) =>
    standingElement('pass', encodeKey('mark', markOf(each, markMask)).key),
  );
  if (generation !== undefined) {
    const value = { goto: { target: stampChain(generation) } };
    for (const family of FAMILIES)
      elements.push(standingElement('stamp', encodeKey('nf_proto', `ipv${family}`).key, { value }));
  }
  return new Map(elements.map((element) => [element.id, element]));
}
