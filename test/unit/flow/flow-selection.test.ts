import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseAddress } from '../../../src/address/address.ts';
import { finish } from '../../../src/engine/job.ts';
import type { Flow } from '../../../src/flow/flow.ts';
import { FLOW_ORDERS, type FlowOrder, type FlowQuery } from '../../../src/flow/flow-selection.ts';
import { type EntryText, recordedTable } from './entry.ts';

/** Out, to DNAT, in, in through DNAT, and of nobody here. */
const FLOWS: EntryText[] = [
  { from: '10.1.0.10 1000', to: '192.0.2.1 443', counters: [900, 1, 5, 1], startedAtMs: 5 },
  { from: '10.1.0.10 1001', to: '192.0.2.1 443', translated: '192.0.2.9 8443', counters: [10, 1, 700, 1] },
  { from: '192.0.2.7 5000', to: '10.1.0.11 25', counters: [1, 1, 800, 1], startedAtMs: 9 },
  { from: '192.0.2.7 5001', to: '203.0.113.1 25', translated: '10.1.0.11 2525', counters: [2, 1, 2, 1] },
  { from: '192.0.2.7 5002', to: '203.0.113.1 53', protocol: 17, counters: [3, 1, 3, 1] },
];

function listed(query: Partial<FlowQuery>, flows = FLOWS) {
  const { observe, table } = recordedTable();
  for (const flow of flows) observe({ event: 'dump', ...flow });
  return finish(table.select({ order: 'bytes', limit: 100, ...query })).map(({ slot }) => table.flowAt(slot));
}

const ports = (flows: Flow[]) => flows.map(({ hostPort }) => hostPort);

describe('flows are selected', () => {
  it.each<[FlowOrder, number[]]>([
    ['bytes', [1000, 25, 1001, 5002, 2525]],
    // Of what came in, our end sent the reply.
    ['bytesOut', [1000, 25, 1001, 5002, 2525]],
    ['started', [25, 1000]],
  ])('by %s, the highest first', (order, expected) => {
    expect(ports(listed({ order })).slice(0, expected.length)).toEqual(expected);
  });
  it.each<[string, Partial<FlowQuery>, number[]]>([
    ['host', { host: parseAddress('10.1.0.11') }, [25, 2525]],
    ['destination, the originator of what came in', { destination: parseAddress('192.0.2.7') }, [25, 2525]],
    ['destination after NAT', { destination: parseAddress('192.0.2.9') }, [1001]],
    ['destination before NAT', { destination: parseAddress('192.0.2.1') }, [1000, 1001]],
    ['port after NAT', { port: 8443 }, [1001]],
    ['port', { port: 443 }, [1000, 1001]],
    ['protocol', { protocol: 17 }, [5002]],
    ['both ends', { host: parseAddress('10.1.0.10'), destination: parseAddress('192.0.2.9') }, [1001]],
    ['an address in another role', { host: parseAddress('192.0.2.1') }, []],
  ])('by %s', (_, query, expected) => {
    expect(ports(listed(query))).toEqual(expected);
  });
  it('of an address that has most of them, as of one that has few', () => {
    const { observe, table } = recordedTable(5_000);
    for (let n = 1; n <= 3_000; n++)
      observe({
        ...{ event: 'dump', from: `10.1.0.${n % 10 === 0 ? 11 : 10} ${n}`, to: '192.0.2.1 443' },
        counters: [n, 1, 0, 0],
      });
    const most = (host: string) =>
      finish(table.select({ order: 'bytes', limit: 3, host: parseAddress(host) })).map(({ key }) => key);
    expect(most('10.1.0.10')).toEqual([2_999, 2_998, 2_997]);
    expect(most('10.1.0.11')).toEqual([3_000, 2_990, 2_980]);
  });
  it('none that has ended', () => {
    const { observe, table } = recordedTable();
    observe({ from: '10.1.0.10 1' });
    observe({ event: 'destroy', from: '10.1.0.10 1' });
    expect(finish(table.select({ order: 'started', limit: 9 }))).toEqual([]);
  });
});

it('pages hold every flow once, in order, whatever its counters', () => {
  const any = fc.record({ bytes: fc.nat(5), start: fc.nat(5) });
  fc.assert(
    fc.property(
      fc.array(any, { maxLength: 30 }),
      fc.constantFrom(...FLOW_ORDERS),
      fc.integer({ min: 1, max: 7 }),
      (flows, order, limit) => {
        const { observe, table } = recordedTable();
        for (const [n, { bytes, start }] of flows.entries())
          observe({
            event: 'dump',
            from: `10.1.0.10 ${n + 1}`,
            counters: [bytes, 1, 0, 0],
            startedAtMs: start,
          });
        const all = finish(table.select({ order, limit: 100 }));
        const paged: typeof all = [];
        for (let page = finish(table.select({ order, limit })); page.length > 0; ) {
          paged.push(...page);
          page = finish(table.select({ order, limit, after: page.at(-1) }));
        }
        expect(paged).toEqual(all);
        expect(new Set(all.map(({ slot }) => slot)).size).toBe(flows.length);
        const keys = all.map(({ key }) => key);
        expect(keys).toEqual(keys.toSorted((one, other) => other - one));
      },
    ),
    { numRuns: 50 },
  );
});
