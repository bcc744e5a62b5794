import { NetlinkTimeoutError } from 'node-netlink';
import { NftablesError } from 'node-nftables';
import { describe, expect, it } from 'vitest';
import { TABLE } from '../../../src/enforcement/sets.ts';
import { DropCounts } from '../../../src/engine/drop-counts.ts';

/** A kernel whose counter of denied packets says one number after the other, or cannot be read. */
function counts(...readings: (number | Error)[]): { drops: DropCounts; total: () => number } {
  const drops = new DropCounts({
    counters({ name }) {
      if (name !== TABLE.name) return new Map();
      const packets = readings.shift() ?? 0;
      if (packets instanceof Error) throw packets;
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

describe.each([
  ['an answer that was lost', new NftablesError({ operation: 'list counters', problem: 'lost', errno: 105 })],
  ['an answer that does not come', new NetlinkTimeoutError('list counters', 5_000)],
])('%s', (_what, failure) => {
  it('changes nothing, and what was counted meanwhile comes with the next', () => {
    const { total } = counts(7, 9, failure, 12);
    expect([total(), total(), total(), total()]).toEqual([0, 2, 2, 5]);
  });

  it('is no first reading', () => {
    const { total } = counts(failure, 7, 8);
    expect([total(), total(), total()]).toEqual([0, 0, 1]);
  });
});

it('any other failure is not hidden', () => {
  expect(counts(new TypeError('wrong')).total).toThrow(TypeError);
});
