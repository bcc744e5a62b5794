import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { joinRecords } from '../../../../src/flow/recorded/record-joiner.ts';
import type { RecordedFlow } from '../../../../src/flow/recorded/recorded-flow.ts';
import { RecordedFlows } from '../../../../src/flow/recorded/recorded-flows.ts';
import { line, listed, recordedFlow, recordedFlows } from './recording.ts';

const CLIENT = { source: '10.1.0.10', sourcePort: 50_000, destination: '203.0.113.9', destinationPort: 443 };
const SERVER = { source: '203.0.113.9', sourcePort: 443, destination: '10.1.0.10', destinationPort: 50_000 };

/** A record of one direction. */
const out = (startedAtMs: number, durationMs: number, parts = {}) =>
  recordedFlow({ ...CLIENT, startedAtMs, durationMs, bytesOut: 100, packetsOut: 1, ...parts });
const back = (startedAtMs: number, durationMs: number, parts = {}) =>
  recordedFlow({ ...SERVER, startedAtMs, durationMs, bytesOut: 900, packetsOut: 2, ...parts });

function joined(...records: RecordedFlow[]): RecordedFlow[] {
  const flows = new RecordedFlows();
  joinRecords(recordedFlows(records), flows);
  return listed(flows);
}

describe('records of one connection', () => {
  it.each<[string, RecordedFlow[], string]>([
    [
      'both directions',
      [out(0, 500), back(20, 400)],
      '0+500 6 10.1.0.10 50000 > 203.0.113.9 443 100/1 900/2 answered',
    ],
    [
      'the answer written first',
      [back(20, 600), out(0, 500)],
      '0+620 6 10.1.0.10 50000 > 203.0.113.9 443 100/1 900/2 answered',
    ],
    [
      'both at once, the answer first',
      [back(0, 500), out(0, 500)],
      '0+500 6 10.1.0.10 50000 > 203.0.113.9 443 100/1 900/2 answered',
    ],
    [
      'an answer after the question',
      [out(0, 0), back(40, 0)],
      '0+40 6 10.1.0.10 50000 > 203.0.113.9 443 100/1 900/2 answered',
    ],
    [
      'one cut into several',
      [out(0, 60_000), back(10, 60_000), out(60_000, 60_000), out(130_000, 5), back(160_005, 1)],
      '0+160006 6 10.1.0.10 50000 > 203.0.113.9 443 300/3 1800/4 answered',
    ],
    [
      'ones that have both directions, whichever way round',
      [out(0, 9, { bytesIn: 5, packetsIn: 1 }), back(9, 9, { bytesIn: 7, packetsIn: 1 })],
      '0+18 6 10.1.0.10 50000 > 203.0.113.9 443 107/2 905/3 answered',
    ],
    [
      'a longer one first',
      [out(0, 1000), out(100, 10)],
      '0+1000 6 10.1.0.10 50000 > 203.0.113.9 443 200/2 0/0 unanswered',
    ],
  ])('are one flow: %s', (_, records, expected) => {
    expect(joined(...records).map(line)).toEqual([expected]);
  });

  it('were begun by who sent first, also from a port of a service', () => {
    expect(joined(back(0, 500), out(1, 500)).map(line)).toEqual([
      '0+501 6 203.0.113.9 443 > 10.1.0.10 50000 900/2 100/1 answered',
    ]);
  });

  it('are two flows when more than 30 s lie between', () => {
    expect(joined(out(0, 10), out(30_010, 0))).toHaveLength(1);
    expect(joined(out(0, 10), out(30_011, 0))).toHaveLength(2);
  });

  it('keep the worst label', () => {
    const [flow] = joined(
      out(0, 1, { label: 'benign' }),
      back(1, 1),
      out(2, 1, { label: 'malicious' }),
      out(3, 1),
    );
    expect(flow.label).toBe('malicious');
  });

  it('count up to what a number can tell', () => {
    const most = { bytesOut: Number.MAX_SAFE_INTEGER };
    expect(joined(out(0, 1, most), out(1, 1, most))[0].bytesOut).toBe(Number.MAX_SAFE_INTEGER);
  });

  it.each<[string, object]>([
    ['protocol', { protocol: 17 }],
    ['port', { sourcePort: 50_001 }],
    ['address', { source: '10.1.0.11' }],
  ])('are not joined with those of another %s', (_, parts) => {
    expect(joined(out(0, 10), out(1, 10, parts))).toHaveLength(2);
  });
});

describe('ICMP', () => {
  const ping = (startedAtMs: number, ends: object, icmpType: number, parts = {}) =>
    recordedFlow({
      ...ends,
      startedAtMs,
      protocol: 1,
      sourcePort: 0,
      destinationPort: 0,
      icmpType,
      icmpCode: 0,
      ...parts,
    });

  it.each<[string, RecordedFlow[]]>([
    ['request and reply', [ping(0, CLIENT, 8), ping(5, SERVER, 0)]],
    ['reply and request at once', [ping(0, SERVER, 0), ping(0, CLIENT, 8)]],
    ['both, of an exporter that does not tell types', [ping(0, CLIENT, 0), ping(5, SERVER, 0)]],
  ])('%s are one flow of the request', (_, records) => {
    const [flow, ...more] = joined(...records);
    expect(more).toEqual([]);
    expect(line(flow)).toContain(' 10.1.0.10 0 > 203.0.113.9 0 icmp 8/0 ');
  });

  it('errors are not answers', () => {
    expect(joined(ping(0, CLIENT, 8), ping(5, SERVER, 3))).toHaveLength(2);
  });
});

it('neither loses nor makes bytes and packets, whatever the order of records that do not start together', () => {
  const record = fc.record({
    sends: fc.boolean(),
    startedAtMs: fc.integer({ min: 0, max: 200_000 }),
    durationMs: fc.integer({ min: 0, max: 50_000 }),
    port: fc.constantFrom(50_000, 50_001, 443),
    count: fc.nat(1000),
  });
  const records = fc.uniqueArray(record, { selector: ({ startedAtMs }) => startedAtMs });
  const total = (flows: readonly RecordedFlow[]) =>
    flows.reduce(
      (sum, flow) => sum + flow.bytesOut + flow.bytesIn + 1e6 * (flow.packetsOut + flow.packetsIn),
      0,
    );
  fc.assert(
    fc.property(records, (parts) => {
      const made = parts.map(({ sends, startedAtMs, durationMs, port, count }) => {
        const counters = { bytesOut: count, packetsOut: count % 7 };
        return sends
          ? out(startedAtMs, durationMs, { ...counters, sourcePort: port })
          : back(startedAtMs, durationMs, { ...counters, destinationPort: port });
      });
      const flows = joined(...made);
      expect(total(flows)).toBe(total(made));
      expect(flows.length).toBeLessThanOrEqual(made.length);
      expect(joined(...made.toReversed())).toEqual(flows);
    }),
  );
});
