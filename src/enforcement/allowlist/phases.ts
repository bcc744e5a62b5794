/**
 * From one policy to another without a moment that opens more than the new one or closes more than the difference.
 *
 * One transaction would not do. The kernel makes a transaction's hash and tree elements count in one instant, and
 * swaps each pipapo set (@allowN) to its new content some microseconds later (nf_tables_commit, nft_pipapo_commit;
 * from 6.17 a packet sees a pipapo set whole, the old or the new). A connection judged by the old @allowN in between
 * and stamped with the new generation would stand for as long as it lives. So what depends on each other is changed in
 * an order, each step judged harmless by itself:
 *
 *   opens     judged are only hosts that both policies judge, spared is what one of them spares, @mode perhaps goes
 *   allow     @allowN changes; nothing that both policies allow is missing from it at any moment
 *   closes    judged and spared is what the new policy says, @mode perhaps comes
 *   swap      another generation passes and is given out: what stands is judged by what now holds
 *
 * Between two steps, packets that are on their way are waited for (grace-period.ts).
 *
 *   traffic that              opens   allow   closes  swap
 *   both policies let by      passes  passes  passes  passes
 *   only the old lets by      passes  new: stopped    all stopped
 *   only the new lets by      perhaps passes  passes  passes
 *   neither                   stopped stopped stopped stopped
 *
 * The daemon may die between any two: what stands then lets by at most what one of the policies does, and the next
 * start goes on from there and swaps.
 */
import type { Change } from '../desired-state.ts';
import type { SetName } from '../sets.ts';
import { type StandingElement, standingDifference, standingElement } from '../standing-element.ts';

type Elements = ReadonlyMap<string, StandingElement>;

/** Steps before the swap that have something to do, in order. `boxes`: what comes and goes in @allowN. */
export function phasesOf(before: Elements, after: Elements, boxes: Pick<Change, 'add' | 'remove'>): Change[] {
  const opened = between(before, after, false);
  const allowed = between(before, after, true);
  const { add, remove } = standingDifference(opened, allowed);
  return [
    standingDifference(before, opened),
    { add: [...boxes.add, ...add], refresh: [], remove: [...boxes.remove, ...remove] },
    standingDifference(allowed, after),
  ].filter((phase) => phase.add.length + phase.remove.length > 0);
}

/** What stands of all but @allowN after `opens`, or (`isAllowed`) after `allow`. */
function between(before: Elements, after: Elements, isAllowed: boolean): Elements {
  const [old, next] = [bySet(before), bySet(after)];
  const names = new Set([...old.keys(), ...next.keys()]);
  const elements = [...names].flatMap((name) => {
    const [was, will] = [old.get(name) ?? [], next.get(name) ?? []];
    if (name.startsWith('spared')) return union(name, was, will);
    if (name.startsWith('inside')) return intersection(name, was, will);
    if (name === 'mode') return was.filter(({ id }) => after.has(id));
    if (name === 'refuse') return will;
    return isAllowed ? will : was;
  });
  return new Map(elements.map((element) => [element.id, element]));
}

function bySet(elements: Elements): Map<SetName, StandingElement[]> {
  return Map.groupBy(elements.values(), ({ set }) => set);
}

interface Range {
  readonly key: Uint8Array;
  readonly keyEnd: Uint8Array;
}

function union(
  set: SetName,
  x: readonly StandingElement[],
  y: readonly StandingElement[],
): StandingElement[] {
  const merged: Range[] = [];
  for (const range of [...sorted(x), ...sorted(y)].sort(byKey)) {
    const last = merged.at(-1);
    if (last === undefined || Buffer.compare(last.keyEnd, range.key) < 0) merged.push(range);
    else if (Buffer.compare(last.keyEnd, range.keyEnd) < 0)
      merged[merged.length - 1] = { key: last.key, keyEnd: range.keyEnd };
  }
  return merged.map(({ key, keyEnd }) => standingElement(set, key, { keyEnd }));
}

function intersection(
  set: SetName,
  x: readonly StandingElement[],
  y: readonly StandingElement[],
): StandingElement[] {
  const [ours, theirs] = [sorted(x), sorted(y)];
  const found: StandingElement[] = [];
  for (let i = 0, j = 0; i < ours.length && j < theirs.length; ) {
    const key = larger(ours[i].key, theirs[j].key);
    const iEndsFirst = Buffer.compare(ours[i].keyEnd, theirs[j].keyEnd) < 0;
    const keyEnd = iEndsFirst ? ours[i].keyEnd : theirs[j].keyEnd;
    if (Buffer.compare(key, keyEnd) <= 0) found.push(standingElement(set, key, { keyEnd }));
    if (iEndsFirst) i += 1;
    else j += 1;
  }
  return found;
}

function sorted(elements: readonly StandingElement[]): Range[] {
  return elements.map(({ key, keyEnd = key }) => ({ key, keyEnd })).sort(byKey);
}

function byKey(x: Range, y: Range): number {
  return Buffer.compare(x.key, y.key);
}

function larger(x: Uint8Array, y: Uint8Array): Uint8Array {
  return Buffer.compare(x, y) < 0 ? y : x;
}
