import { beforeEach, describe, expect, it } from 'vitest';
import { type DrainedTraffic, type TrafficRow, TrafficTotals } from '../../../src/engine/traffic-totals.ts';
import { FlowTable } from '../../../src/flow/flow-table.ts';
import type { Verdict } from '../../../src/policy/verdict.ts';
import { type EntryText, entry, isOurs } from '../flow/entry.ts';

const SINCE = 1_000_000;
const ALLOW: Verdict = { kind: 'allow', rule: 'web', ruleIndex: 0 };
const DENY: Verdict = { kind: 'deny', cause: 'denyList', list: 'c2', reason: '' };

describe('TrafficTotals', () => {
  let totals: TrafficTotals;
  let table: FlowTable;

  const open = (limits?: { rows: number; ofAHost: number }, maxFlows = 100) => {
    const facts = { groupsOf: () => ['office'], nameOf: () => 'mirror.example' };
    totals = new TrafficTotals(facts, SINCE, limits);
    table = new FlowTable({ isOurs, maxFlows });
  };
  beforeEach(() => open());

  const see = (text: EntryText, verdict: Verdict | undefined = ALLOW) => {
    const seen = entry({ startedAtMs: SINCE + 5, eventAtMs: SINCE + 5, ...text });
    table.observe(seen, SINCE + 10, (change) => totals.take(change, verdict, seen));
  };
  const drainAll = (): DrainedTraffic[] => {
    const pieces = [totals.drain()];
    while (pieces.at(-1)?.more) pieces.push(totals.drain());
    return pieces;
  };
  const rows = () => drainAll().flatMap((piece) => piece.rows);

  it('adds up what a connection sends and receives from its start to its end', () => {
    see({});
    see({ event: 'update', counters: [1_000, 3, 200, 2] });
    see({ event: 'destroy', counters: [1_500, 5, 700, 4] });
    expect(rows()).toEqual([
      {
        ...{
          kind: 'allow',
          because: 'web',
          host: '10.1.0.10',
          destination: '192.0.2.1',
          service: (6 << 16) | 443,
        },
        ...{ bytesOut: 1_500, bytesIn: 700, packets: 9, connections: 1, denied: 0 },
      },
    ]);
  });

  it('tells only what came since the drain before', () => {
    see({ counters: [100, 1, 0, 0] });
    expect(rows()).toMatchObject([{ bytesOut: 100, connections: 1 }]);
    expect(rows()).toEqual([]);
    see({ event: 'update', counters: [350, 2, 50, 1] });
    expect(rows()).toMatchObject([{ bytesOut: 250, bytesIn: 50, connections: 0 }]);
  });

  it.each<[string, Verdict | undefined, Partial<TrafficRow>]>([
    ['allowed', ALLOW, { kind: 'allow', because: 'web', denied: 0 }],
    ['listed', DENY, { kind: 'denyList', because: 'c2', denied: 1 }],
    [
      'a violation',
      { kind: 'deny', cause: 'policyViolation' },
      { kind: 'violation', because: '', denied: 1 },
    ],
    ['blocked', undefined, { kind: 'blocked', because: '', denied: 1 }],
    ['exempt', { kind: 'exempt', reason: 'linkScope' }, { kind: 'exempt', because: 'linkScope', denied: 0 }],
  ])('says that it was %s', (_, verdict, expected) => {
    const seen = entry({ startedAtMs: SINCE, counters: [40, 1, 0, 0] });
    table.observe(seen, SINCE, (change) => totals.take(change, verdict, seen));
    expect(rows()).toMatchObject([{ ...expected, connections: 1, bytesOut: 40 }]);
  });

  it('counts what the kernel refused as denied, and as no connection', () => {
    see({});
    totals.refused(table.flowAt(1), DENY);
    expect(rows()).toMatchObject([
      { kind: 'allow', connections: 1, denied: 0 },
      { kind: 'denyList', connections: 0, denied: 1 },
    ]);
  });

  it('counts nothing twice of a connection that the daemon before has counted', () => {
    see({ event: 'dump', startedAtMs: SINCE - 60_000, counters: [9_000_000, 900, 0, 0] });
    expect(rows()).toEqual([]);
    see({ event: 'dump', startedAtMs: SINCE - 60_000, counters: [9_000_100, 901, 0, 0] });
    expect(rows()).toMatchObject([{ bytesOut: 100, connections: 0 }]);
  });

  it('counts all of a connection whose first event was lost', () => {
    see({ event: 'dump', startedAtMs: SINCE + 60_000, counters: [5_000, 50, 0, 0] });
    expect(rows()).toMatchObject([{ bytesOut: 5_000, connections: 1 }]);
  });

  it('counts a connection that the full flow table did not keep once, at its end', () => {
    open(undefined, 0);
    see({});
    see({ event: 'dump', counters: [300, 3, 0, 0] });
    see({ event: 'destroy', counters: [500, 5, 90, 1] });
    expect(rows()).toMatchObject([{ bytesOut: 500, bytesIn: 90, connections: 1 }]);
    see({ event: 'destroy', startedAtMs: SINCE - 1, counters: [500, 5, 90, 1] });
    expect(rows()).toEqual([]);
  });

  it('leaves out what others open, to us and past us', () => {
    see({ from: '192.0.2.1 1', to: '10.1.0.10 22', counters: [9, 1, 9, 1] });
    see({ from: '192.0.2.1 1', to: '192.0.2.2 22', counters: [9, 1, 9, 1] });
    expect(rows()).toEqual([]);
  });

  it('takes no key of GRE for a port', () => {
    see({ protocol: 47, to: '192.0.2.1 4711', counters: [9, 1, 0, 0] });
    expect(rows()).toMatchObject([{ service: 47 << 16 }]);
  });

  it('tells groups and names of what it names', () => {
    see({ counters: [1, 1, 0, 0] });
    expect(totals.drain()).toMatchObject({
      groups: { '10.1.0.10': ['office'] },
      names: { '192.0.2.1': 'mirror.example' },
    });
  });

  it('tells what folded as of others', () => {
    open({ rows: 100, ofAHost: 2 });
    for (let i = 1; i <= 9; i++)
      see({ from: `10.1.0.10 ${i}`, to: `192.0.2.${i} 443`, id: i, counters: [10, 1, 0, 0] });
    expect(rows().toSorted((x, y) => x.bytesOut - y.bytesOut)).toMatchObject([
      { destination: '192.0.2.1' },
      { destination: '192.0.2.2' },
      { destination: null, service: null, host: '10.1.0.10', bytesOut: 70, connections: 7 },
    ]);
  });

  it('tells much in pieces, and counts on meanwhile', () => {
    open({ rows: 10_000, ofAHost: 256 }, 10_000);
    const begin = (i: number) =>
      see({ from: `10.1.${i >> 8}.${i & 255} 5`, to: '192.0.2.1 443', id: i + 1, counters: [10, 1, 0, 0] });
    for (let i = 0; i < 1_500; i++) begin(i);
    const first = totals.drain();
    expect([first.rows.length < 1_500, first.more]).toEqual([true, true]);
    begin(1_500);
    const rest = drainAll();
    const sum = [first, ...rest]
      .flatMap((piece) => piece.rows)
      .reduce((sum, { bytesOut }) => sum + bytesOut, 0);
    expect(sum).toBe(15_000);
    expect(rows()).toMatchObject([{ bytesOut: 10 }]);
  });
});
