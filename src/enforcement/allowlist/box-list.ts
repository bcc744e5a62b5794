/**
 * What @allowN holds, in little memory: two lists of tens of thousands are compared in some milliseconds, and only what
 * differs is made into elements.
 *
 *   keys     first last | first last | ...     16 bytes each for IPv4, 40 for IPv6 (box-key.ts); rising, and apart
 *   places   7          | 0          | ...     in the policy, of the rule that each is there for first
 */
import type { Family } from '../../address/address.ts';
import { widthOf } from '../../address/ranges.ts';
import type { AddressSpan, AllowBox } from '../../policy/matcher/allow-boxes.ts';
import type { KernelElement } from '../element.ts';
import { FAMILIES } from '../sets.ts';
import { type StandingElement, standingElement } from '../standing-element.ts';
import { writeBoxKey } from './box-key.ts';

export interface BoxList {
  readonly family: Family;
  readonly count: number;
  readonly keys: Uint8Array;
  readonly places: Int32Array;
}

/** Of both families. */
export type BoxLists = Readonly<Record<Family, BoxList>>;

/** Where nobody knows for which rule an element is there. */
const NO_PLACE = -1;

/** Boxes as the matcher gives them: apart, and rising by hosts first; the kernel's keys have destinations first. */
export function boxList(family: Family, given: readonly AllowBox[]): BoxList {
  const width = keyWidth(family);
  const boxes = given.toSorted((x, y) => compareFirst(x.destinations, y.destinations));
  const keys = new Uint8Array(boxes.length * 2 * width);
  boxes.forEach(({ hosts, destinations, keys: { first, last } }, i) => {
    writeBoxKey(keys, 2 * i * width, hosts.first, destinations.first, first);
    writeBoxKey(keys, (2 * i + 1) * width, hosts.last, destinations.last, last);
  });
  return { family, count: boxes.length, keys, places: Int32Array.from(boxes, ({ rule }) => rule) };
}

/** Elements as the kernel gives them: in any order, and for which rules is not known. */
export function boxListOf(
  family: Family,
  elements: readonly Pick<KernelElement, 'key' | 'keyEnd'>[],
): BoxList {
  const width = keyWidth(family);
  const keys = new Uint8Array(elements.length * 2 * width);
  elements
    .toSorted((x, y) => Buffer.compare(x.key, y.key))
    .forEach(({ key, keyEnd = key }, i) => {
      keys.set(key, 2 * i * width);
      keys.set(keyEnd, (2 * i + 1) * width);
    });
  return { family, count: elements.length, keys, places: new Int32Array(elements.length).fill(NO_PLACE) };
}

export const NO_BOXES: BoxLists = { 4: boxList(4, []), 6: boxList(6, []) };

export function boxElement(list: BoxList, index: number): StandingElement {
  return standingElement(`allow${list.family}`, keyAt(list, 2 * index), {
    keyEnd: keyAt(list, 2 * index + 1),
  });
}

/** Index of the box with exactly this key, or -1. */
export function findBox(
  { family, count, keys }: BoxList,
  { key, keyEnd = key }: Pick<KernelElement, 'key' | 'keyEnd'>,
): number {
  const width = keyWidth(family);
  let [low, high] = [0, count];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (compareBytes(keys, 2 * middle * width, key, 0, width) < 0) low = middle + 1;
    else high = middle;
  }
  const isFound =
    low < count &&
    compareBytes(keys, 2 * low * width, key, 0, width) === 0 &&
    compareBytes(keys, (2 * low + 1) * width, keyEnd, 0, width) === 0;
  return isFound ? low : -1;
}

/** Indexes in the list before, in the list after, or in both. */
export interface BoxListener {
  readonly gone?: (before: number) => void;
  readonly came?: (after: number) => void;
  readonly stayed?: (before: number, after: number) => void;
}

/** Walk two lists of one family side by side. */
export function compareBoxes(before: BoxList, after: BoxList, { gone, came, stayed }: BoxListener): void {
  const width = 2 * keyWidth(before.family);
  for (let [i, j] = [0, 0]; i < before.count || j < after.count; ) {
    const order =
      i === before.count
        ? 1
        : j === after.count
          ? -1
          : compareBytes(before.keys, i * width, after.keys, j * width, width);
    if (order < 0) gone?.(i);
    else if (order > 0) came?.(j);
    else stayed?.(i, j);
    if (order <= 0) i += 1;
    if (order >= 0) j += 1;
  }
}

/** What has to come and go so that the lists after stand in the place of those before. */
export function boxDifference(
  before: BoxLists,
  after: BoxLists,
): { readonly add: StandingElement[]; readonly remove: StandingElement[] } {
  const [add, remove]: StandingElement[][] = [[], []];
  for (const family of FAMILIES) {
    const [was, will] = [before[family], after[family]];
    compareBoxes(was, will, {
      gone: (i) => remove.push(boxElement(was, i)),
      came: (j) => add.push(boxElement(will, j)),
    });
  }
  return { add, remove };
}

function compareFirst({ first: x }: AddressSpan, { first: y }: AddressSpan): number {
  return compareBytes(x, 0, y, 0, x.length);
}

function keyWidth(family: Family): number {
  return 2 * widthOf(family) + 8;
}

function keyAt({ family, keys }: BoxList, index: number): Uint8Array {
  const width = keyWidth(family);
  return keys.slice(index * width, (index + 1) * width);
}

function compareBytes(x: Uint8Array, i: number, y: Uint8Array, j: number, count: number): number {
  for (let k = 0; k < count; k++) if (x[i + k] !== y[j + k]) return x[i + k] - y[j + k];
  return 0;
}
