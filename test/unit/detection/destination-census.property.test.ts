import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DestinationCensus } from '../../../src/detection/destination-census.ts';

const START = 29_000_000;
const key = fc.integer({ min: 1, max: 0xffffffff });

describe('the census', () => {
  it('tells none from one and one from several, and is roughly right of more', () => {
    fc.assert(
      fc.property(key, fc.uniqueArray(fc.nat(31), { maxLength: 24, size: 'max' }), (destination, hosts) => {
        const census = new DestinationCensus(64);
        for (const host of hosts) {
          census.see(destination, host, START);
          census.see(destination, host, START + 1);
        }
        const counted = census.hosts(destination);
        if (hosts.length < 2) expect(counted).toBe(hosts.length);
        else expect(counted).toBeGreaterThanOrEqual(hosts.length);
        expect(counted).toBeLessThanOrEqual(2 * hosts.length);
      }),
    );
  });

  it('never counts less when one more comes', () => {
    fc.assert(
      fc.property(key, fc.array(key, { maxLength: 300, size: 'max' }), (destination, hosts) => {
        const census = new DestinationCensus(64);
        let before = 0;
        for (const host of hosts) {
          census.see(destination, host, START);
          expect(census.hosts(destination)).toBeGreaterThanOrEqual(before);
          before = census.hosts(destination);
        }
        expect(before).toBeLessThan(200);
      }),
    );
  });

  it('keeps destinations apart while there is room', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(63), fc.nat(7)), { maxLength: 200, size: 'max' }), (sightings) => {
        const census = new DestinationCensus(64);
        const model = new Map<number, Set<number>>();
        for (const [destination, host] of sightings) {
          census.see(destination + 1, host, START);
          model.set(destination, (model.get(destination) ?? new Set()).add(host));
        }
        for (let destination = 0; destination < 64; destination++) {
          const hosts = model.get(destination)?.size ?? 0;
          const counted = census.hosts(destination + 1);
          expect(Math.abs(counted - hosts)).toBeLessThanOrEqual(1);
          expect(counted > 0).toBe(hosts > 0);
        }
      }),
    );
  });

  it('forgets the ones seen the longest ago, and no more than it must', () => {
    const census = new DestinationCensus(64);
    for (let destination = 1; destination <= 1_000; destination++)
      census.see(destination, destination, START + destination);
    const known = Array.from({ length: 1_000 }, (_, i) => i + 1).filter((each) => census.hosts(each) > 0);
    expect(known).toEqual(Array.from({ length: 64 }, (_, i) => 937 + i));
  });
});
