import { describe, expect, it } from 'vitest';
import { formatAddress } from '../../../src/address/address.ts';
import type { FlowChange } from '../../../src/flow/flow.ts';
import { type EntryText, entry, recordedTable } from './entry.ts';

const deltas = ({ kind, bytesOut, packetsOut, bytesIn, packetsIn }: FlowChange) => [
  kind,
  bytesOut,
  packetsOut,
  bytesIn,
  packetsIn,
];

describe('life of a flow', () => {
  it('starts once, goes on when counters grow, and ends with the rest', () => {
    const { observe, table } = recordedTable();
    expect(observe({ event: 'new' }).map(deltas)).toEqual([['started', 0, 0, 0, 0]]);
    expect(observe({ event: 'update', replied: true }).map(deltas)).toEqual([['progressed', 0, 0, 0, 0]]);
    expect(observe({ event: 'dump', replied: true, counters: [100, 2, 50, 1] }).map(deltas)).toEqual([
      ['progressed', 100, 2, 50, 1],
    ]);
    expect(table.size).toBe(1);
    expect(observe({ event: 'destroy', counters: [150, 3, 50, 1] }).map(deltas)).toEqual([
      ['ended', 50, 1, 0, 0],
    ]);
    expect(table.size).toBe(0);
  });

  it.each<[string, EntryText[]]>([
    ['a second NEW', [{ event: 'new' }, { event: 'new' }]],
    ['an UPDATE before the NEW', [{ event: 'update' }, { event: 'new' }]],
    [
      'a dump that overtakes the NEW',
      [
        { event: 'dump', startedAtMs: 5_000 },
        { event: 'new', eventAtMs: 5_001 },
      ],
    ],
  ])('is not started twice by %s', (_, entries) => {
    const { observe, table } = recordedTable();
    const changes = entries.flatMap((text) => observe(text));
    expect(changes.map(({ kind }) => kind)).toEqual(['started']);
    expect(table.size).toBe(1);
  });

  it('is told from its start and end when only its DESTROY is seen', () => {
    const { observe, table } = recordedTable();
    const changes = observe({ event: 'destroy', counters: [9, 1, 8, 1], replied: true });
    expect(changes.map(deltas)).toEqual([
      ['started', 0, 0, 0, 0],
      ['ended', 9, 1, 8, 1],
    ]);
    expect(changes.map(({ slot }) => slot)).toEqual([0, 0]);
    expect(table.size).toBe(0);
  });

  it('takes a counter that fell as all new', () => {
    const { observe } = recordedTable();
    observe({ event: 'dump', counters: [1000, 10, 500, 5] });
    expect(observe({ event: 'dump', counters: [30, 1, 600, 2] }).map(deltas)).toEqual([
      ['progressed', 30, 1, 600, 2],
    ]);
    expect(observe({ event: 'dump', counters: [31, 2, 600, 2] }).map(deltas)).toEqual([
      ['progressed', 1, 1, 0, 0],
    ]);
  });

  it('says nothing when nothing changed', () => {
    const { observe } = recordedTable();
    observe({ event: 'dump', counters: [1, 1, 1, 1] });
    expect(observe({ event: 'dump', counters: [1, 1, 1, 1] })).toEqual([]);
    expect(observe({ event: 'update' })).toEqual([]);
  });
});

describe('connections with the same tuple', () => {
  it.each<[string, EntryText, EntryText]>([
    ['another id', { id: 1 }, { id: 2 }],
    ['the same id but a later start', { startedAtMs: 1_000 }, { event: 'dump', startedAtMs: 9_000 }],
    ['the same id but a later NEW', { eventAtMs: 1_000 }, { eventAtMs: 9_000 }],
  ])('end the one before when the next has %s', (_, first, second) => {
    const { observe, table } = recordedTable();
    observe(first);
    expect(observe(second).map(({ kind }) => kind)).toEqual(['ended', 'started']);
    expect(table.size).toBe(1);
  });

  it.each<[string, EntryText]>([
    ['NEW', { event: 'new', id: 1, eventAtMs: 1_000 }],
    ['UPDATE', { event: 'update', id: 1, eventAtMs: 1_500, replied: true }],
    ['UPDATE of one with the same id', { event: 'update', id: 2, eventAtMs: 1_500, replied: true }],
  ])('keep the successor that a dump has shown when an old %s comes late', (_, late) => {
    const { observe, table } = recordedTable();
    observe({ event: 'dump', id: 2, startedAtMs: 2_000 });
    expect(observe(late)).toEqual([]);
    expect(table.size).toBe(1);
    expect(table.flowAt(1).startedAtMs).toBe(2_000);
  });

  it.each<[string, EntryText]>([
    ['by id', { id: 1 }],
    ['by start', { id: 2, startedAtMs: 1_000, stoppedAtMs: 1_900 }],
  ])('keep the successor when an old DESTROY, known %s, comes late', (_, late) => {
    const { observe, table } = recordedTable();
    observe({ event: 'dump', id: 2, startedAtMs: 2_000 });
    const changes = observe({ event: 'destroy', counters: [5, 1, 5, 1], ...late });
    expect(changes.map(deltas)).toEqual([
      ['started', 0, 0, 0, 0],
      ['ended', 5, 1, 5, 1],
    ]);
    expect(table.size).toBe(1);
  });

  it.each<[string, EntryText, EntryText]>([
    ['zones', { zone: 0 }, { zone: 7 }],
    ['directions of a zone', { zone: 7 }, { zone: 7, zoneDirection: 'original' }],
    ['protocols', { protocol: 6 }, { protocol: 17 }],
    ['families', { from: '0.0.0.1 1', to: '0.0.0.2 2' }, { from: '::1 1', to: '::2 2' }],
    [
      'ICMP ids',
      { protocol: 1, icmp: { type: 8, code: 0, id: 1 } },
      { protocol: 1, icmp: { type: 8, code: 0, id: 2 } },
    ],
  ])('stand side by side in different %s, even with one id', (_, first, second) => {
    const { observe, table } = recordedTable();
    observe(first);
    observe(second);
    expect(table.size).toBe(2);
  });
});

describe('whose flow it is', () => {
  const OUT = { originalFirst: [10, 1, 20, 2] as const };

  it.each<[string, EntryText, Record<string, unknown>]>([
    [
      'outbound',
      {},
      {
        direction: 'outbound',
        host: '10.1.0.10',
        hostPort: 40000,
        destination: '192.0.2.1',
        translated: '192.0.2.1',
      },
    ],
    [
      'outbound between two of ours',
      { to: '10.2.0.1 22' },
      { direction: 'outbound', host: '10.1.0.10', destination: '10.2.0.1', destinationPort: 22 },
    ],
    [
      'outbound through DNAT',
      { to: '192.0.2.1 80', translated: '10.9.0.1 3128' },
      {
        direction: 'outbound',
        destination: '192.0.2.1',
        destinationPort: 80,
        translated: '10.9.0.1',
        translatedPort: 3128,
      },
    ],
    [
      'inbound',
      { from: '198.51.100.9 5555', to: '10.1.0.10 25' },
      {
        direction: 'inbound',
        host: '10.1.0.10',
        hostPort: 25,
        destination: '198.51.100.9',
        destinationPort: 5555,
      },
    ],
    [
      'inbound through DNAT',
      { from: '198.51.100.9 5555', to: '203.0.113.1 80', translated: '10.1.0.10 8080' },
      {
        direction: 'inbound',
        host: '10.1.0.10',
        hostPort: 8080,
        destination: '198.51.100.9',
        translated: '198.51.100.9',
      },
    ],
    [
      'foreign',
      { from: '198.51.100.9 5555', to: '203.0.113.1 80' },
      { direction: 'foreign', host: '198.51.100.9', destination: '203.0.113.1' },
    ],
    [
      'outbound of IPv6',
      { from: 'fd00::1 1', to: '2001:db8::1 2' },
      { direction: 'outbound', host: 'fd00::1', destination: '2001:db8::1' },
    ],
  ])('%s', (_, text, expected) => {
    const { observe, table } = recordedTable();
    const [{ flow, bytesOut, bytesIn }] = observe({ event: 'dump', counters: OUT.originalFirst, ...text });
    const { host, destination, translated } = flow;
    const shown = {
      ...flow,
      host: formatAddress(host),
      destination: formatAddress(destination),
      translated: formatAddress(translated),
    };
    expect(shown).toMatchObject(expected);
    expect([bytesOut, bytesIn]).toEqual(expected.direction === 'inbound' ? [20, 10] : [10, 20]);
    expect([flow.bytesOut, flow.bytesIn]).toEqual([bytesOut, bytesIn]);
    expect(table.flowAt(1)).toEqual(flow);
  });

  it('has type and code and no ports for ICMP', () => {
    const { observe } = recordedTable();
    const icmp = { type: 8, code: 3, id: 77 };
    const [{ flow }] = observe({ protocol: 1, to: '192.0.2.1', icmp });
    expect(flow).toMatchObject({
      icmpType: 8,
      icmpCode: 3,
      hostPort: 0,
      destinationPort: 0,
      translatedPort: 0,
    });
  });

  it('changes with the host groups', () => {
    const { observe, table } = recordedTable();
    observe({ event: 'dump', counters: [10, 1, 20, 2] });
    table.reclassify((address) => formatAddress(address) === '192.0.2.1');
    expect(table.flowAt(1)).toMatchObject({ direction: 'inbound', hostPort: 443, bytesOut: 20, bytesIn: 10 });
  });
});

describe('times', () => {
  it.each<[string, EntryText[], number, number]>([
    ['the event’s time for a NEW', [{ event: 'new', eventAtMs: 500.25 }], 500.25, 500.25],
    ['no start for an UPDATE', [{ event: 'update', eventAtMs: 500.25 }], 0, 500.25],
    ['the entry’s own start', [{ event: 'dump', startedAtMs: 400.5 }], 400.5, 1_000],
    [
      'the entry’s start once known',
      [{ eventAtMs: 401 }, { event: 'dump', startedAtMs: 400.5 }],
      400.5,
      1_000,
    ],
    ['the stop of a DESTROY', [{ event: 'destroy', startedAtMs: 400, stoppedAtMs: 800 }], 400, 800],
    [
      'the latest for events out of order',
      [{ eventAtMs: 900 }, { event: 'update', eventAtMs: 850 }],
      900,
      900,
    ],
  ])('take %s', (_, entries, startedAtMs, lastSeenAtMs) => {
    const { observe, changes, table } = recordedTable();
    for (const text of entries) observe(text);
    const flow = table.size > 0 ? table.flowAt(1) : changes.at(-1)?.flow;
    expect(flow).toMatchObject({ startedAtMs, lastSeenAtMs });
  });
});

describe('identity for the kernel', () => {
  it.each<[string, EntryText]>([
    ['TCP', { zone: 3, id: 0xfffffffe, event: 'dump', startedAtMs: 123.5 }],
    [
      'IPv6 in one direction of a zone',
      { from: 'fd00::1 1', to: '2001:db8::1 2', zone: 9, zoneDirection: 'reply' },
    ],
    ['ICMP', { protocol: 1, to: '192.0.2.1', icmp: { type: 8, code: 0, id: 65535 } }],
    ['NAT', { translated: '10.9.0.1 3128' }],
  ])('is that of the entry: %s', (_, text) => {
    const { observe, table } = recordedTable();
    observe(text);
    const { original, zone, zoneDirection, id, startedAtMs } = entry(text);
    expect(table.identityOf(1)).toEqual({ original, zone, zoneDirection, id, startedAtMs });
  });

  it('leaves out a start that only an event told', () => {
    const { observe, table } = recordedTable();
    observe({ event: 'new', eventAtMs: 500 });
    expect(table.identityOf(1).startedAtMs).toBe(0);
  });
});

describe('resynchronisation', () => {
  it('ends what neither the dump nor later events show', () => {
    const { observe, endResync, table } = recordedTable();
    for (const port of [1, 2, 3]) observe({ from: `10.1.0.10 ${port}`, id: port });
    table.beginResync();
    observe({ event: 'dump', from: '10.1.0.10 1', id: 1 });
    observe({ event: 'update', from: '10.1.0.10 3', id: 3 });
    expect(endResync().map(({ kind, flow }) => [kind, flow.hostPort])).toEqual([['ended', 2]]);
    expect(table.size).toBe(2);
    expect(endResync()).toEqual([]);
  });

  it('keeps its marks when one before was given up', () => {
    const { observe, endResync, table } = recordedTable();
    observe({ from: '10.1.0.10 1' });
    observe({ from: '10.1.0.10 2' });
    table.beginResync();
    observe({ event: 'dump', from: '10.1.0.10 1' });
    table.beginResync();
    observe({ event: 'dump', from: '10.1.0.10 2' });
    expect(endResync().map(({ flow }) => flow.hostPort)).toEqual([1]);
  });

  it('goes on past 256 times', () => {
    const { observe, endResync, table } = recordedTable();
    observe({});
    for (let i = 0; i < 600; i++) {
      table.beginResync();
      observe({ event: 'dump' });
      expect(endResync()).toEqual([]);
    }
    table.beginResync();
    expect(endResync()).toHaveLength(1);
  });
});

describe('a full table', () => {
  it('reports more flows without keeping them, and keeps again when there is room', () => {
    const { observe, table } = recordedTable(2);
    observe({ from: '10.1.0.10 1' });
    observe({ from: '10.1.0.10 2' });
    const changes = observe({ from: '10.1.0.10 3' });
    expect(changes.map(({ kind, slot }) => [kind, slot])).toEqual([
      ['started', 0],
      ['ended', 0],
    ]);
    expect(observe({ event: 'update', from: '10.1.0.10 3' })).toEqual([]);
    expect([table.size, table.unkept]).toEqual([2, 1]);
    observe({ event: 'destroy', from: '10.1.0.10 1' });
    expect(observe({ from: '10.1.0.10 4' }).map(({ slot }) => slot)).toEqual([1]);
    expect([table.size, table.unkept]).toEqual([2, 1]);
  });
});

describe('listing', () => {
  it('visits standing flows only', () => {
    const { observe, table } = recordedTable();
    for (const port of [1, 2, 3]) observe({ from: `10.1.0.10 ${port}` });
    observe({ event: 'destroy', from: '10.1.0.10 2' });
    const visited: [number, number][] = [];
    table.forEach(({ hostPort }, slot) => {
      visited.push([hostPort, slot]);
    });
    expect(visited).toEqual([
      [1, 1],
      [3, 3],
    ]);
  });
});
