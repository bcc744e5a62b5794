import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DeniedFamily, type DeniedTable } from '../../../../src/enforcement/deny/denied-family.ts';
import type { KernelElement } from '../../../../src/enforcement/element.ts';
import { anyList, type Ends, holds, rangesOf, StrictSet } from './lists.ts';

const ADDRESSES = Array.from({ length: 256 }, (_, address) => address);

/** Both sets of IPv4, in memory. */
class Table implements DeniedTable {
  readonly sets = { denied4: new StrictSet(), deniedsingle4: new StrictSet() };
  failing = false;
  afterEach = () => {};

  apply({ add, remove }: { add: readonly KernelElement[]; remove: readonly KernelElement[] }): void {
    if (this.failing) throw new Error('no memory');
    for (const set of ['denied4', 'deniedsingle4'] as const) {
      const ends = (elements: readonly KernelElement[]): Ends =>
        elements
          .filter((element) => element.set === set)
          .map(({ key, keyEnd = key }) => [key[3], keyEnd[3]] as const);
      this.sets[set].apply(ends(remove), ends(add));
    }
    this.afterEach();
  }

  readRanges(name: string) {
    const { standing } = this.sets[name as keyof Table['sets']];
    return rangesOf([...standing.values()].toSorted(([x], [y]) => x - y));
  }

  count(name: string): number {
    return this.sets[name as keyof Table['sets']].standing.size;
  }

  holds(address: number): boolean {
    return Object.values(this.sets).some((set) => set.holds(address));
  }
}

/** To its end; `fails` says which transactions do. */
function load(family: DeniedFamily, table: Table, fails: () => boolean = () => false): void {
  while (!family.isDone) {
    table.failing = fails();
    try {
      family.step(0);
    } catch {}
  }
  table.failing = false;
}

describe('a family of deny lists', () => {
  it('keeps what both lists hold in one of the sets, whichever it is in before and after', () => {
    fc.assert(
      fc.property(anyList, anyList, fc.infiniteStream(fc.boolean()), (old, next, fails) => {
        const table = new Table();
        const family = new DeniedFamily(4, table);
        family.want(rangesOf(old));
        load(family, table);
        table.afterEach = () => {
          const wrong = ADDRESSES.filter((address) => {
            const was = holds(old, address);
            return was === holds(next, address) && table.holds(address) !== was;
          });
          expect(wrong).toEqual([]);
        };
        family.want(rangesOf(next));
        load(family, table, () => fails.next().value as boolean);
        expect(endsOf(table, 'deniedsingle4')).toEqual(next.filter(([first, last]) => first === last));
        expect(endsOf(table, 'denied4')).toEqual(next.filter(([first, last]) => first !== last));
      }),
      { numRuns: 500 },
    );
  });

  it('goes on to another list in the middle, and from whatever the kernel is found to hold', () => {
    fc.assert(
      fc.property(anyList, anyList, anyList, fc.nat(2), (first, second, found, steps) => {
        const table = new Table();
        const family = new DeniedFamily(4, table);
        family.want(rangesOf(first));
        for (let i = 0; i < steps && !family.isDone; i++) family.step(0);
        family.want(rangesOf(second));
        load(family, table);
        expect(family.standing).toEqual({
          singles: table.readRanges('deniedsingle4'),
          spans: table.readRanges('denied4'),
        });
        table.sets.denied4 = new StrictSet(found);
        family.restart({ spans: rangesOf(found) });
        load(family, table);
        expect(ADDRESSES.filter((address) => table.holds(address) !== holds(second, address))).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });
});

function endsOf(table: Table, set: keyof Table['sets']): Ends {
  return [...table.sets[set].standing.values()].toSorted(([x], [y]) => x - y);
}
