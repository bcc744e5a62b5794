/** A policy at one moment as elements of the sets that belong to it (sets.ts). */
import type { Family, Prefix } from '../../address/address.ts';
import { type AddressRanges, firstOf, lastOf } from '../../address/ranges.ts';
import type { CompiledPolicy } from '../../policy/compiled-policy.ts';
import { mergeKeys } from '../../policy/key-range.ts';
import { PrefixTable } from '../../policy/matcher/prefix-table.ts';
import type { KeyRange, NeverBlock, Policy, Rule } from '../../policy/policy.ts';
import { FAMILIES, type SetName } from '../sets.ts';
import { type StandingElement, standingElement } from '../standing-element.ts';
import { boxKey } from './box-key.ts';
import { type BoxLists, boxList, NO_BOXES } from './box-list.ts';

/** What @allowN holds, and the rules whose places the boxes have. */
export interface RuledBoxes {
  readonly boxes: BoxLists;
  readonly rules: readonly Rule[];
}

export interface PolicyPart extends RuledBoxes {
  /** What no rule allows is refused. */
  readonly enforces: boolean;
  /** Of the other sets, by id. */
  readonly elements: ReadonlyMap<string, StandingElement>;
}

/** NFPROTO_*, as the kernel has it in `meta nfproto`. */
const NF_PROTO: Record<Family, number> = { 4: 2, 6: 10 };

/** @throws AllowlistTooLarge */
export function policyPart(policy: Policy, compiled: CompiledPolicy, atMs: number): PolicyPart {
  const enforces = policy.mode === 'enforce';
  const elements = new Map<string, StandingElement>();
  const put = (element: StandingElement) => void elements.set(element.id, element);
  for (const family of FAMILIES) {
    rangeElements(`inside${family}`, compiled.insideRanges(family)).forEach(put);
    spared(policy.neverBlock, family).forEach(put);
    if (!enforces) continue;
    const key = Uint8Array.of(NF_PROTO[family]);
    put(standingElement('strict', key));
    put(standingElement('mode', key, { value: { goto: { target: `admit${family}` } } }));
    if (policy.enforcement.denyWith === 'reject')
      put(standingElement('refuse', key, { value: { goto: { target: 'rejected' } } }));
  }
  sparedPorts(policy.neverBlock).forEach(put);
  const boxesOf = (family: Family) => boxList(family, compiled.allowBoxes(family, atMs));
  const boxes = enforces ? { 4: boxesOf(4), 6: boxesOf(6) } : NO_BOXES;
  return { enforces, elements, boxes, rules: policy.rules };
}

function rangeElements(set: SetName, ranges: AddressRanges): StandingElement[] {
  return Array.from({ length: ranges.count }, (_, i) =>
    standingElement(set, firstOf(ranges, i).slice(), { keyEnd: lastOf(ranges, i).slice() }),
  );
}

function spared({ sources, destinations }: NeverBlock, family: Family): StandingElement[] {
  const ranges = (cidrs: readonly Prefix[]) =>
    new PrefixTable([{ cidrs, except: [] }]).ranges(family, (held) => held !== 0);
  return [
    ...rangeElements(`sparedfrom${family}`, ranges(sources)),
    ...rangeElements(`sparedto${family}`, ranges(destinations)),
  ];
}

function sparedPorts({ ports }: NeverBlock): StandingElement[] {
  const keys = ports.map(
    ({ protocol, first, last }): KeyRange => ({
      first: (protocol << 16) | first,
      last: (protocol << 16) | last,
    }),
  );
  const none = new Uint8Array(0);
  return mergeKeys(keys)
    .flatMap(withinProtocols)
    .map(({ first, last }) =>
      standingElement('sparedport', boxKey(none, none, first), { keyEnd: boxKey(none, none, last) }),
    );
}

/** Merged keys run on from the last port of a protocol to the first of the next. */
function withinProtocols({ first, last }: KeyRange): KeyRange[] {
  const parts: KeyRange[] = [];
  for (let from = first; from <= last; ) {
    const to = Math.min(last, from | 0xffff);
    parts.push({ first: from, last: to });
    from = to + 1;
  }
  return parts;
}
