import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatAddress } from '../../../../src/address/address.ts';
import { isInside } from '../../../../src/detection/surroundings.ts';
import type { RecordedFlow } from '../../../../src/flow/recorded/recorded-flow.ts';
import { beacon } from '../../../evaluation/injection/attack/beacon.ts';
import { deadController } from '../../../evaluation/injection/attack/dead-controller.ts';
import { exfiltration } from '../../../evaluation/injection/attack/exfiltration.ts';
import { oddHours } from '../../../evaluation/injection/attack/odd-hours.ts';
import { ANSWERED, MOST_PROBES, REFUSED, scan } from '../../../evaluation/injection/attack/scan.ts';
import { dnsTunnel, icmpTunnel } from '../../../evaluation/injection/attack/tunnel.ts';
import { catalogue } from '../../../evaluation/injection/catalogue.ts';
import { background, drawOf, START_MS, sceneOf } from './scene.ts';

const seeds = fc.integer({ min: 1, max: 1_000_000 });
const bytesOf = (flows: readonly RecordedFlow[]) => flows.reduce((sum, flow) => sum + flow.bytesOut, 0);
const destinations = (flows: readonly RecordedFlow[]) =>
  new Set(flows.map(({ destination }) => formatAddress(destination)));
const pausesS = (flows: readonly RecordedFlow[]) =>
  flows.slice(1).map((flow, i) => (flow.startedAtMs - flows[i].startedAtMs) / 1000);
const share = (flows: readonly RecordedFlow[], outcome: RecordedFlow['outcome']) =>
  flows.filter((flow) => flow.outcome === outcome).length / flows.length;

describe('every attack of the catalogue', () => {
  const scene = sceneOf({ hours: 24, silentHours: [2, 3] });

  it('is the same for the same seed', () => {
    for (const { attack } of catalogue()) expect(attack(scene, drawOf(5))).toEqual(attack(scene, drawOf(5)));
  });

  it('is made by the host, towards the outside, from the start on', () => {
    for (const { attack, kind } of catalogue()) {
      const flows = attack(scene, drawOf(6));
      expect(flows.length, kind).toBeGreaterThan(0);
      for (const { source, destination, startedAtMs } of flows) {
        expect(source).toBe(scene.host);
        expect(isInside(destination)).toBe(false);
        expect(startedAtMs).toBeGreaterThanOrEqual(START_MS);
      }
    }
  });

  it('has a name of its own', () => {
    const names = catalogue().map(({ kind, variant, strength }) => `${kind} ${variant} ${strength}`);
    expect(new Set(names).size).toBe(names.length);
  });
});

describe('a beacon', () => {
  it('keeps its period, jitter and sizes', () => {
    const shapes = fc.record({
      periodS: fc.integer({ min: 30, max: 7_200 }),
      jitter: fc.double({ min: 0, max: 0.5, noNaN: true }),
      sizeJitter: fc.constantFrom(0, 0.1),
      port: fc.constantFrom(443, 4444),
    });
    fc.assert(
      fc.property(shapes, seeds, (shape, seed) => {
        const flows = beacon(sceneOf({ hours: 24 }), shape, drawOf(seed));
        const { periodS, jitter, sizeJitter, port } = shape;
        for (const pause of pausesS(flows))
          expect(Math.abs(pause - periodS)).toBeLessThanOrEqual(periodS * jitter + 0.01);
        const sizes = flows.map(({ bytesOut }) => bytesOut);
        // ±10 % of the data; headers are the same.
        expect(Math.max(...sizes) / Math.min(...sizes)).toBeLessThanOrEqual(
          (1 + sizeJitter) / (1 - sizeJitter) + 0.1,
        );
        if (sizeJitter === 0) expect(new Set(sizes).size).toBe(1);
        expect(destinations(flows).size).toBe(1);
        expect(new Set(flows.map(({ destinationPort }) => destinationPort))).toEqual(new Set([port]));
      }),
      { numRuns: 30 },
    );
  });

  it('goes on to the end of the scene', () => {
    const flows = beacon(
      sceneOf({ hours: 24 }),
      { periodS: 60, jitter: 0, sizeJitter: 0, port: 443 },
      drawOf(1),
    );
    expect(flows).toHaveLength(24 * 60);
  });
});

describe('a theft', () => {
  it('carries out what it is told to, within its span', () => {
    const shapes = fc.record({
      bytes: fc.integer({ min: 1_000_000, max: 5_000_000_000 }),
      spanS: fc.integer({ min: 60, max: 86_400 }),
      connections: fc.integer({ min: 1, max: 200 }),
      destinations: fc.integer({ min: 1, max: 20 }),
    });
    fc.assert(
      fc.property(shapes, seeds, (shape, seed) => {
        const flows = exfiltration(sceneOf({ hours: 24 }), shape, drawOf(seed));
        expect(flows).toHaveLength(shape.connections);
        expect(destinations(flows).size).toBe(Math.min(shape.destinations, shape.connections));
        // Headers add 3 % to full segments; each connection besides opens, closes and acknowledges.
        const overhead = shape.connections * 2_000;
        expect(bytesOf(flows)).toBeGreaterThanOrEqual(shape.bytes);
        expect(bytesOf(flows)).toBeLessThanOrEqual(shape.bytes * 1.03 + overhead);
        const lastMs = Math.max(...flows.map(({ startedAtMs, durationMs }) => startedAtMs + durationMs));
        expect(lastMs).toBeLessThanOrEqual(START_MS + shape.spanS * 1000 + 0.01);
      }),
      { numRuns: 50 },
    );
  });
});

describe('a scan', () => {
  it.each([1 / 6, 1, 10, 100])('probes %d times a second', (rate) => {
    const flows = scan(sceneOf({ hours: 4 }), { direction: 'horizontal', rate }, drawOf(2));
    const spanS = (flows[flows.length - 1].startedAtMs - START_MS) / 1000;
    expect(flows.length / spanS / rate).toBeCloseTo(1, 1);
    expect(flows.length).toBeLessThanOrEqual(MOST_PROBES);
  });

  it('tries one port of many addresses, or many ports of one', () => {
    const ports = (flows: readonly RecordedFlow[]) =>
      new Set(flows.map(({ destinationPort }) => destinationPort));
    const across = scan(sceneOf({ hours: 4 }), { direction: 'horizontal', rate: 1 }, drawOf(3));
    const down = scan(sceneOf({ hours: 4 }), { direction: 'vertical', rate: 1 }, drawOf(3));
    expect([destinations(across).size, ports(across).size]).toEqual([MOST_PROBES, 1]);
    expect([destinations(down).size, ports(down).size]).toEqual([1, MOST_PROBES]);
  });

  it('is seldom answered', () => {
    const flows = scan(sceneOf({ hours: 4 }), { direction: 'horizontal', rate: 10 }, drawOf(4));
    expect(share(flows, 'answered')).toBeCloseTo(ANSWERED, 1);
    expect(share(flows, 'refused')).toBeCloseTo(REFUSED, 1);
  });
});

describe('a tunnel', () => {
  it.each([
    ['DNS', dnsTunnel, 53],
    ['ICMP', icmpTunnel, 0],
  ])('over %s sends at the rate that it is told', (_, tunnel, port) => {
    const flows = tunnel(sceneOf({ hours: 1 }), { bytesPerS: 10_000, spanS: 1_800 }, drawOf(1));
    expect(bytesOf(flows) / 18_000_000).toBeCloseTo(1, 2);
    expect(destinations(flows).size).toBe(1);
    for (const { destinationPort, durationMs } of flows) {
      expect(destinationPort).toBe(port);
      expect(durationMs).toBeLessThanOrEqual(180_000);
    }
  });

  it('over DNS fills names, and no more than names hold', () => {
    const flows = dnsTunnel(sceneOf({ hours: 1 }), { bytesPerS: 10_000, spanS: 600 }, drawOf(2));
    for (const { bytesOut, packetsOut } of flows) {
      expect(bytesOut / packetsOut).toBeGreaterThan(180);
      expect(bytesOut / packetsOut).toBeLessThan(300);
    }
  });
});

describe('a dead controller', () => {
  it('never answers, and is tried by a timer', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const shape = { periodS: 300, jitter: 0.2, port: 443 };
        const flows = deadController(sceneOf({ hours: 24 }), shape, drawOf(seed));
        expect(share(flows, 'answered')).toBe(0);
        for (const pause of pausesS(flows)) expect(Math.abs(pause - 300)).toBeLessThanOrEqual(60.01);
      }),
      { numRuns: 20 },
    );
  });
});

describe('activity in silent hours', () => {
  const hourOf = ({ startedAtMs }: RecordedFlow) => new Date(startedAtMs).getUTCHours();
  const known = new Set(background.flows.map(({ destination }) => formatAddress(destination)));

  it('is in one silent hour', () => {
    fc.assert(
      fc.property(seeds, fc.constantFrom('known', 'new'), (seed, where) => {
        const shape = { connections: 60, destinations: where } as const;
        const flows = oddHours(sceneOf({ hours: 25, silentHours: [2, 3, 23] }), shape, drawOf(seed));
        expect(flows).toHaveLength(60);
        expect(new Set(flows.map(hourOf)).size).toBe(1);
        expect([2, 3, 23]).toContain(hourOf(flows[0]));
        for (const place of destinations(flows)) expect(known.has(place)).toBe(where === 'known');
      }),
      { numRuns: 20 },
    );
  });

  it('cannot be on a host without any', () => {
    const shape = { connections: 60, destinations: 'new' } as const;
    expect(oddHours(sceneOf({ hours: 25 }), shape, drawOf(1))).toEqual([]);
  });
});
