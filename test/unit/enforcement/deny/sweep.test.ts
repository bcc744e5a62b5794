import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type AddressRanges, AddressRangesBuilder } from '../../../../src/address/ranges.ts';
import {
  type AddressRange,
  MOST_OVER,
  Sweep,
  type SweepStep,
} from '../../../../src/enforcement/deny/sweep.ts';

/** Ranges in the last 256 addresses of all. */
type Ends = readonly (readonly [number, number])[];

function rangesOf(ends: Ends): AddressRanges {
  const builder = new AddressRangesBuilder(4);
  for (const [first, last] of ends)
    builder.add(Uint8Array.of(255, 255, 255, first), Uint8Array.of(255, 255, 255, last));
  return builder.finish();
}

/** Apart, as a list holds them: of 256 addresses those that are in it. */
const list = fc.array(fc.tuple(fc.nat(255), fc.nat(40)), { maxLength: 40, size: 'max' }).map((pairs) => {
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

/** As strict as the kernel: what is removed must stand, what is added must not overlap. */
class StrictSet {
  readonly standing = new Map<string, readonly [number, number]>();

  constructor(ends: Ends) {
    for (const each of ends) this.standing.set(each.join('-'), each);
  }

  apply(remove: readonly AddressRange[], add: readonly AddressRange[]): void {
    for (const { first, last } of remove) {
      const key = `${first[3]}-${last[3]}`;
      if (!this.standing.delete(key)) throw new Error(`not there: ${key}`);
    }
    for (const { first, last } of add) {
      for (const [from, to] of this.standing.values())
        if (first[3] <= to && from <= last[3])
          throw new Error(`${first[3]}-${last[3]} overlaps ${from}-${to}`);
      this.standing.set(`${first[3]}-${last[3]}`, [first[3], last[3]]);
    }
  }
}

function holds(ends: Iterable<readonly [number, number]>, address: number): boolean {
  for (const [first, last] of ends) if (first <= address && address <= last) return true;
  return false;
}

function* sweep(old: AddressRanges, next: AddressRanges, changes: number): Generator<SweepStep> {
  const under = new Sweep(old, next);
  for (let step = under.take(changes); step !== undefined; step = under.take(changes)) yield step;
}

describe('from one list to another', () => {
  it('nothing of both is ever missing, nothing of neither ever there, and the end is the other list', () => {
    fc.assert(
      fc.property(list, list, fc.integer({ min: 1, max: 12 }), (old, next, changes) => {
        const kernel = new StrictSet(old);
        for (const { remove, add } of sweep(rangesOf(old), rangesOf(next), changes)) {
          expect(remove.length + add.length).toBeLessThanOrEqual(changes + MOST_OVER + 1);
          kernel.apply(remove, add);
          const standing = [...kernel.standing.values()];
          for (let address = 0; address < 256; address++) {
            const [was, will] = [holds(old, address), holds(next, address)];
            if (was === will) expect(holds(standing, address)).toBe(was);
          }
        }
        const end = [...kernel.standing.values()].sort(([x], [y]) => x - y);
        expect(end).toEqual(next);
      }),
      { numRuns: 1_000 },
    );
  });

  it('it knows what stands after each step, and after a step that was not carried out', () => {
    fc.assert(
      fc.property(
        list,
        list,
        fc.integer({ min: 1, max: 12 }),
        fc.infiniteStream(fc.boolean()),
        (old, next, changes, fails) => {
          const kernel = new StrictSet(old);
          const under = new Sweep(rangesOf(old), rangesOf(next));
          for (;;) {
            const step = under.take(changes);
            if (step !== undefined && fails.next().value) under.rewind();
            else if (step !== undefined) kernel.apply(step.remove, step.add);
            const standing = [...under.standing()].map(({ first, last }) => `${first[3]}-${last[3]}`);
            expect(new Set(standing)).toEqual(new Set(kernel.standing.keys()));
            for (const each of under.standing()) expect(under.stands(each)).toBe(true);
            for (const [first, last] of [...old, ...next]) {
              const range = {
                first: Uint8Array.of(255, 255, 255, first),
                last: Uint8Array.of(255, 255, 255, last),
              };
              expect(under.stands(range)).toBe(kernel.standing.has(`${first}-${last}`));
            }
            expect(under.isOver || step !== undefined).toBe(true);
            if (step === undefined) return;
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  it('what is alike is not touched', () => {
    const steps = [
      ...sweep(
        rangesOf([
          [0, 9],
          [20, 29],
          [40, 49],
        ]),
        rangesOf([
          [0, 9],
          [22, 29],
          [40, 49],
          [60, 60],
        ]),
        100,
      ),
    ];
    expect(steps).toHaveLength(1);
    expect(steps[0].remove.map(({ first, last }) => [first[3], last[3]])).toEqual([[20, 29]]);
    expect(steps[0].add.map(({ first, last }) => [first[3], last[3]])).toEqual([
      [22, 29],
      [60, 60],
    ]);
  });

  it('the same list again is no step', () => {
    expect([...sweep(rangesOf([[0, 255]]), rangesOf([[0, 255]]), 1)]).toEqual([]);
  });
});
