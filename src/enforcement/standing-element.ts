/** Elements that stay until they are taken out: of sets and maps without timeouts. */
import { isDeepStrictEqual } from 'node:util';
import type { Verdict } from 'node-nftables';
import type { Change } from './desired-state.ts';
import { elementId, type KernelElement, STAYS } from './element.ts';
import type { SetName } from './sets.ts';

export type StandingElement = KernelElement;

export function standingElement(
  set: SetName,
  key: Uint8Array,
  { keyEnd, value }: { keyEnd?: Uint8Array; value?: Verdict } = {},
): StandingElement {
  const id = elementId(set, key, keyEnd);
  return { set, id, key, ...(keyEnd && { keyEnd }), ...(value && { value }), ...STAYS };
}

/** From one content to another, by id. An element with another value goes and comes. */
export function standingDifference(
  before: ReadonlyMap<string, StandingElement>,
  after: ReadonlyMap<string, StandingElement>,
): Change {
  const lacking = (from: typeof before, to: typeof before) =>
    [...from.values()].filter((element) => {
      const other = to.get(element.id);
      return other === undefined || !isDeepStrictEqual(element.value, other.value);
    });
  return { add: lacking(after, before), refresh: [], remove: lacking(before, after) };
}
