import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AddressRanges } from '../../../../src/address/ranges.ts';
import {
  type AddressRange,
  MOST_OVER,
  Sweep,
  type SweepStep,
} from '../../../../src/enforcement/deny/sweep.ts';
import { type Ends, holds, anyList as list, rangesOf, StrictSet } from './lists.ts';

const endsOf = (ranges: Iterable<AddressRange>): Ends =>
  [...ranges].map(({ first, last }) => [first[3], last[3]] as const);

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
          kernel.apply(endsOf(remove), endsOf(add));
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
            else if (step !== undefined) kernel.apply(endsOf(step.remove), endsOf(step.add));
            const standing = [...under.standing()].map(({ first, last }) => `${first[3]}-${last[3]}`);
            expect(new Set(standing)).toEqual(new Set(kernel.standing.keys()));
            expect(under.collect()).toEqual(rangesOf(endsOf(under.standing())));
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
