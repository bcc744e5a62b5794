/** Lists of ranges in the last 256 addresses of all. */
import fc from 'fast-check';
import { type AddressRanges, AddressRangesBuilder } from '../../../../src/address/ranges.ts';

/** First and last of each, in the last byte. */
export type Ends = readonly (readonly [number, number])[];

/** Apart, as a list holds them: of 256 addresses those that are in it. */
export const anyList = fc
  .array(fc.tuple(fc.nat(255), fc.nat(40)), { maxLength: 40, size: 'max' })
  .map((pairs) => {
    const held = new Array<boolean>(256).fill(false);
    for (const [first, length] of pairs) held.fill(true, first, Math.min(256, first + length));
    const ends: [number, number][] = [];
    for (let at = 0; at < 256; at++) {
      if (!held[at]) continue;
      const end = ends.at(-1);
      if (end !== undefined && end[1] === at - 1) end[1] = at;
      else ends.push([at, at]);
    }
    return ends;
  });

export function rangesOf(ends: Ends): AddressRanges {
  const builder = new AddressRangesBuilder(4);
  for (const [first, last] of ends)
    builder.add(Uint8Array.of(255, 255, 255, first), Uint8Array.of(255, 255, 255, last));
  return builder.finish();
}

export function holds(ends: Iterable<readonly [number, number]>, address: number): boolean {
  for (const [first, last] of ends) if (first <= address && address <= last) return true;
  return false;
}

/** As strict as the kernel: what is removed must stand, what is added must not overlap. */
export class StrictSet {
  readonly standing = new Map<string, readonly [number, number]>();

  constructor(ends: Ends = []) {
    for (const each of ends) this.standing.set(each.join('-'), each);
  }

  apply(remove: Ends, add: Ends): void {
    for (const each of remove)
      if (!this.standing.delete(each.join('-'))) throw new Error(`not there: ${each.join('-')}`);
    for (const [first, last] of add) {
      for (const [from, to] of this.standing.values())
        if (first <= to && from <= last) throw new Error(`${first}-${last} overlaps ${from}-${to}`);
      this.standing.set(`${first}-${last}`, [first, last]);
    }
  }

  holds(address: number): boolean {
    return holds(this.standing.values(), address);
  }
}
