import { NftablesError } from 'node-nftables';
import { expect, it } from 'vitest';
import { DropCounts } from '../../../src/engine/drop-counts.ts';

/** A kernel whose counter of denied packets says one number after the other; null: it cannot be read. */
function counts(...readings: (number | null)[]): { drops: DropCounts; total: () => number } {
  const drops = new DropCounts({
    counters() {
      const packets = readings.shift() ?? null;
      if (packets === null)
        throw new NftablesError({ operation: 'list counters', problem: 'lost', errno: 105 });
      return new Map([['denied', { packets, bytes: 0 }]]);
    },
  });
  const total = () => {
    drops.read();
    return drops.total('denied');
  };
  return { drops, total };
}

it('counts from the first reading, over a table that was made again', () => {
  const { total } = counts(7, 9, 9, 2, 5);
  expect([total(), total(), total(), total(), total()]).toEqual([0, 2, 2, 4, 7]);
});

it('a reading that fails changes nothing, and what was counted meanwhile comes with the next', () => {
  const { total } = counts(7, 9, null, 12);
  expect([total(), total(), total(), total()]).toEqual([0, 2, 2, 5]);
});

it('a first reading that fails is not the first', () => {
  const { total } = counts(null, 7, 8);
  expect([total(), total(), total()]).toEqual([0, 0, 1]);
});
