import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { foldRows } from '../../../../src/edges/history/folding.ts';
import type { TrafficRow } from '../../../../src/engine/traffic-totals.ts';
import { row } from './rows.ts';

const one = fc.record({
  kind: fc.constantFrom('allow' as const, 'violation' as const),
  because: fc.constantFrom('web', 'mail'),
  host: fc.constantFrom(null, '10.1.0.1', '10.1.0.2', '10.1.0.3'),
  destination: fc.constantFrom(null, ...Array.from({ length: 9 }, (_, i) => `203.0.113.${i}`)),
  service: fc.constantFrom(443, 80),
  bytesOut: fc.nat(1e9),
  bytesIn: fc.nat(1e9),
  packets: fc.nat(1e6),
  connections: fc.nat(1e4),
  denied: fc.nat(1e4),
}) satisfies fc.Arbitrary<TrafficRow>;

const SUMS = ['bytesOut', 'bytesIn', 'packets', 'connections', 'denied'] as const;
const sums = (rows: readonly TrafficRow[]) =>
  SUMS.map((name) => rows.reduce((all, each) => all + each[name], 0));

describe('foldRows', () => {
  it('keeps the heaviest of each host and verdict, and joins the rest', () => {
    const rows = [1, 5, 3, 9].map((n) => row({ destination: `203.0.113.${n}`, bytesOut: n }));
    const listed = row({ kind: 'denyList', because: 'c2', bytesOut: 0, bytesIn: 0, denied: 1 });
    expect(foldRows([...rows, listed], { hosts: 5, destinations: 2 })).toMatchObject([
      { destination: '203.0.113.9', bytesOut: 9 },
      { destination: '203.0.113.5', bytesOut: 5 },
      { destination: null, service: null, bytesOut: 4, because: 'web' },
      { because: 'c2', denied: 1, destination: '203.0.113.9' },
    ]);
  });
  it('keeps the heaviest hosts', () => {
    const rows = [1, 5, 3].map((n) => row({ host: `10.1.0.${n}`, bytesOut: n, bytesIn: 0 }));
    expect(
      foldRows(rows, { hosts: 2, destinations: 9 }).map(({ host, bytesOut }) => [host, bytesOut]),
    ).toEqual([
      [null, 1],
      ['10.1.0.5', 5],
      ['10.1.0.3', 3],
    ]);
  });
  it('loses nothing, in all and of each verdict', () => {
    fc.assert(
      fc.property(fc.array(one, { maxLength: 80 }), fc.nat(3), fc.nat(4), (rows, hosts, destinations) => {
        const folded = foldRows(rows, { hosts, destinations });
        expect(sums(folded)).toEqual(sums(rows));
        for (const kind of ['allow', 'violation']) {
          const of = (all: readonly TrafficRow[]) => sums(all.filter((each) => each.kind === kind));
          expect(of(folded)).toEqual(of(rows));
        }
      }),
    );
  });
});
