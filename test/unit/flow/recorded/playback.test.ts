import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Address, formatAddress } from '../../../../src/address/address.ts';
import { parsePrefix, prefixContains } from '../../../../src/address/prefix.ts';
import type { TableChange } from '../../../../src/flow/change-reporter.ts';
import { copyFlow } from '../../../../src/flow/flow-reader.ts';
import { playBack } from '../../../../src/flow/recorded/playback.ts';
import type { FlowOutcome, RecordedFlow } from '../../../../src/flow/recorded/recorded-flow.ts';
import { recordedFlow, recordedFlows } from './recording.ts';

const OURS = parsePrefix('10.1.0.0/16');
const isOurs = (address: Address) => prefixContains(OURS, address);
const MINUTE = 60_000;

interface Heard extends TableChange {
  readonly atMs: number;
}

function played(...flows: RecordedFlow[]): Heard[] {
  const heard: Heard[] = [];
  playBack(recordedFlows(flows), isOurs, (change, atMs) => {
    heard.push({ ...change, flow: copyFlow(change.flow), atMs });
  });
  return heard;
}

const shown = ({ kind, slot, atMs, bytesOut, packetsOut, bytesIn, packetsIn }: Heard) =>
  `${atMs} ${kind} ${slot}: ${bytesOut}/${packetsOut} ${bytesIn}/${packetsIn}`;

const COUNTERS = { bytesOut: 700, packetsOut: 5, bytesIn: 1500, packetsIn: 3 };

describe('a flow', () => {
  it('starts with nothing and ends with everything', () => {
    const changes = played(recordedFlow({ ...COUNTERS, startedAtMs: 1000, durationMs: 500 }));
    expect(changes.map(shown)).toEqual(['1000 started 1: 0/0 0/0', '1500 ended 1: 700/5 1500/3']);
    expect(
      changes.map(({ flow }) => [flow.startedAtMs, flow.lastSeenAtMs, flow.bytesOut, flow.bytesIn]),
    ).toEqual([
      [1000, 1000, 0, 0],
      [1000, 1500, 700, 1500],
    ]);
  });

  it('without duration ends when it starts', () => {
    expect(played(recordedFlow({ ...COUNTERS, startedAtMs: 7 })).map(shown)).toEqual([
      '7 started 1: 0/0 0/0',
      '7 ended 1: 700/5 1500/3',
    ]);
  });

  it('that is long goes on each five minutes, in whole packets with their bytes', () => {
    const flow = recordedFlow({
      startedAtMs: 0,
      durationMs: 20 * MINUTE,
      bytesOut: 1001,
      packetsOut: 10,
      bytesIn: 300,
      packetsIn: 3,
    });
    expect(played(flow).map(shown)).toEqual([
      '0 started 1: 0/0 0/0',
      '300000 progressed 1: 200/2 0/0',
      '600000 progressed 1: 300/3 100/1',
      '900000 progressed 1: 200/2 100/1',
      '1200000 ended 1: 301/3 100/1',
    ]);
  });

  it('says nothing of five minutes in which it carried nothing', () => {
    const flow = recordedFlow({ durationMs: 20 * MINUTE, bytesOut: 90, packetsOut: 2 });
    expect(played(flow).map(shown)).toEqual([
      '0 started 1: 0/0 0/0',
      '600000 progressed 1: 45/1 0/0',
      '1200000 ended 1: 45/1 0/0',
    ]);
  });

  it('that has bytes without packets spreads them over its time', () => {
    const flow = recordedFlow({ durationMs: 10 * MINUTE, bytesOut: 101, bytesIn: 50 });
    expect(played(flow).map(shown)).toEqual([
      '0 started 1: 0/0 0/0',
      '300000 progressed 1: 50/0 25/0',
      '600000 ended 1: 51/0 25/0',
    ]);
  });

  it('of a thousand years is played back in a bounded number of steps', () => {
    const flow = recordedFlow({ durationMs: 1000 * 365 * 24 * 60 * MINUTE, packetsOut: 1e9, bytesOut: 1e12 });
    expect(played(flow)).toHaveLength(2017);
  });

  it.each<[FlowOutcome, boolean]>([
    ['answered', true],
    ['refused', true],
    ['unanswered', false],
  ])('that was %s: replied is %s, from the start on', (outcome, replied) => {
    expect(played(recordedFlow({ outcome })).map(({ flow }) => flow.replied)).toEqual([replied, replied]);
  });

  it.each<[string, string, string, string, object]>([
    [
      'outbound',
      '10.1.0.10',
      '192.0.2.1',
      'from one of ours',
      { host: '10.1.0.10', hostPort: 40_000, destinationPort: 443 },
    ],
    [
      'outbound',
      '10.1.0.10',
      '10.1.0.20',
      'between two of ours',
      { host: '10.1.0.10', hostPort: 40_000, destinationPort: 443 },
    ],
    [
      'inbound',
      '192.0.2.1',
      '10.1.0.10',
      'to one of ours',
      { host: '10.1.0.10', hostPort: 443, destinationPort: 40_000 },
    ],
    [
      'foreign',
      '192.0.2.1',
      '192.0.2.2',
      'between others',
      { host: '192.0.2.1', hostPort: 40_000, destinationPort: 443 },
    ],
  ])('is %s from %s to %s, %s', (direction, source, destination, _, expected) => {
    const ended = played(recordedFlow({ ...COUNTERS, source, destination }))[1];
    const { flow } = ended;
    const host = formatAddress(flow.host);
    const inbound = direction === 'inbound';
    expect({ host, hostPort: flow.hostPort, destinationPort: flow.destinationPort }).toEqual(expected);
    expect(formatAddress(flow.destination)).toBe(inbound ? source : destination);
    expect(flow.translated).toEqual(flow.destination);
    expect(flow.translatedPort).toBe(flow.destinationPort);
    expect(flow.direction).toBe(direction);
    expect([ended.bytesOut, ended.packetsOut, ended.bytesIn, ended.packetsIn]).toEqual(
      inbound ? [1500, 3, 700, 5] : [700, 5, 1500, 3],
    );
    expect([flow.bytesOut, flow.packetsOut, flow.bytesIn, flow.packetsIn]).toEqual(
      inbound ? [1500, 3, 700, 5] : [700, 5, 1500, 3],
    );
  });

  it('of ICMP has its type and code', () => {
    const [{ flow }] = played(
      recordedFlow({ protocol: 1, icmpType: 8, icmpCode: 0, sourcePort: 0, destinationPort: 0 }),
    );
    expect(flow).toMatchObject({ protocol: 1, icmpType: 8, icmpCode: 0, hostPort: 0, destinationPort: 0 });
  });
});

describe('several flows', () => {
  it('have slots of their own while they stand, and give them on', () => {
    const changes = played(
      recordedFlow({ startedAtMs: 0, durationMs: 100 }),
      recordedFlow({ startedAtMs: 10, durationMs: 20 }),
      recordedFlow({ startedAtMs: 50, durationMs: 100 }),
      recordedFlow({ startedAtMs: 60, durationMs: 1 }),
    );
    expect(changes.map(({ atMs, kind, slot }) => `${atMs} ${kind} ${slot}`)).toEqual([
      '0 started 1',
      '10 started 2',
      '30 ended 2',
      '50 started 2',
      '60 started 3',
      '61 ended 3',
      '100 ended 1',
      '150 ended 2',
    ]);
  });

  it('that change at one moment: those that stand first, each in the order of the recording', () => {
    const changes = played(
      recordedFlow({ startedAtMs: 0, durationMs: 10, sourcePort: 1 }),
      recordedFlow({ startedAtMs: 5, durationMs: 5, sourcePort: 2 }),
      recordedFlow({ startedAtMs: 10, durationMs: 0, sourcePort: 3 }),
      recordedFlow({ startedAtMs: 10, durationMs: 0, sourcePort: 4 }),
    );
    expect(changes.map(({ kind, flow }) => `${kind} ${flow.hostPort}`)).toEqual([
      'started 1',
      'started 2',
      'ended 1',
      'ended 2',
      'started 3',
      'ended 3',
      'started 4',
      'ended 4',
    ]);
  });

  it('that end at one moment do so in the order of the recording, however many', () => {
    const flows = Array.from({ length: 100 }, (_, i) =>
      recordedFlow({ startedAtMs: i, durationMs: 1000 - i, sourcePort: i + 1 }),
    );
    const ends = played(...flows).filter(({ kind }) => kind === 'ended');
    expect(ends.map(({ flow }) => flow.hostPort)).toEqual(flows.map(({ sourcePort }) => sourcePort));
  });

  it('may be as many as there are', () => {
    const flows = Array.from({ length: 5000 }, (_, i) =>
      recordedFlow({ startedAtMs: i, durationMs: 10_000 }),
    );
    const changes = played(...flows);
    expect(changes).toHaveLength(10_000);
    expect(new Set(changes.map(({ slot }) => slot)).size).toBe(5000);
  });

  it('are reported in one object, refilled', () => {
    const seen = new Set<TableChange>();
    playBack(recordedFlows([recordedFlow(), recordedFlow()]), isOurs, (change) => seen.add(change));
    expect(seen.size).toBe(1);
  });
});

describe('whatever was recorded', () => {
  const count = fc.oneof(fc.nat(20), fc.maxSafeNat());
  const flow = fc
    .record({
      startedAtMs: fc.oneof(fc.nat(20), fc.nat(60 * MINUTE), fc.double({ min: 0, max: 253e12, noNaN: true })),
      durationMs: fc.oneof(
        fc.constantFrom(0, 1, 5 * MINUTE, 10 * MINUTE),
        fc.nat(90 * MINUTE),
        fc.double({ min: 0, max: 1e9, noNaN: true }),
      ),
      source: fc.constantFrom('10.1.0.1', '192.0.2.1'),
      destination: fc.constantFrom('10.1.0.2', '192.0.2.2'),
      bytesOut: count,
      bytesIn: count,
      packetsOut: count,
      packetsIn: count,
    })
    .map((parts) => recordedFlow(parts));

  /** By the source port of the flow. */
  function bySource(changes: readonly Heard[]): Map<number, Heard[]> {
    return Map.groupBy(changes, ({ flow: { direction, hostPort, destinationPort } }) =>
      direction === 'inbound' ? destinationPort : hostPort,
    );
  }

  it('reports come in order of time, and those of each flow are a whole life that adds up to its record', () => {
    fc.assert(
      fc.property(fc.array(flow, { maxLength: 12 }), (made) => {
        const flows = made.map((each, i) => ({ ...each, sourcePort: i + 1 }));
        const changes = played(...flows);
        for (let i = 1; i < changes.length; i++)
          expect(changes[i].atMs).toBeGreaterThanOrEqual(changes[i - 1].atMs);
        const lives = bySource(changes);
        expect(lives.size).toBe(flows.length);
        for (const record of flows) checkLife(record, lives.get(record.sourcePort) ?? []);
      }),
    );
  });

  it('no two flows that stand have one slot', () => {
    fc.assert(
      fc.property(fc.array(flow, { maxLength: 12 }), (flows) => {
        const taken = new Set<number>();
        for (const { kind, slot } of played(...flows)) {
          expect(taken.has(slot)).toBe(kind !== 'started');
          if (kind === 'started') taken.add(slot);
          if (kind === 'ended') taken.delete(slot);
          expect(taken.size).toBeLessThanOrEqual(flows.length);
          expect(slot).toBeGreaterThan(0);
          expect(slot).toBeLessThanOrEqual(flows.length);
        }
      }),
    );
  });

  it('the same flows in another order give the same reports, but for those that start together', () => {
    const apart = fc.uniqueArray(flow, { maxLength: 12, selector: ({ startedAtMs }) => startedAtMs });
    fc.assert(
      fc.property(apart, (flows) => {
        expect(played(...flows.toReversed())).toEqual(played(...flows));
      }),
    );
  });
});

function checkLife(record: RecordedFlow, changes: readonly Heard[]): void {
  const kinds = changes.map(({ kind }) => kind);
  expect([kinds[0], kinds.at(-1)]).toEqual(['started', 'ended']);
  expect(kinds.slice(1, -1).every((kind) => kind === 'progressed')).toBe(true);
  expect(changes[0].atMs).toBe(record.startedAtMs);
  expect(changes.at(-1)?.atMs).toBe(record.startedAtMs + record.durationMs);
  const inbound = changes[0].flow.direction === 'inbound';
  const total = { bytesOut: 0n, bytesIn: 0n, packetsOut: 0n, packetsIn: 0n };
  for (const change of changes) {
    for (const name of ['bytesOut', 'bytesIn', 'packetsOut', 'packetsIn'] as const) {
      expect(Number.isSafeInteger(change[name]) && change[name] >= 0).toBe(true);
      total[name] += BigInt(change[name]);
      expect(BigInt(change.flow[name])).toBe(total[name]);
    }
  }
  const { bytesOut, bytesIn, packetsOut, packetsIn } = record;
  const sent = [bytesOut, packetsOut].map(BigInt);
  const received = [bytesIn, packetsIn].map(BigInt);
  expect([total.bytesOut, total.packetsOut]).toEqual(inbound ? received : sent);
  expect([total.bytesIn, total.packetsIn]).toEqual(inbound ? sent : received);
}
