import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FEATURE_COUNT, FEATURES, Feature, inUnits } from '../../../../src/detection/model/features.ts';
import { type Opening, WINDOW_MS, WindowFeatures } from '../../../../src/detection/model/window-features.ts';

const web: Opening = { destinationHash: 1, port: 443, isNew: false, isTcp: true, isDns: false };
const dns: Opening = { destinationHash: 9, port: 53, isNew: false, isTcp: false, isDns: true };

/** What a person would count, by name. */
function closed(features: WindowFeatures, host = 0): Record<keyof typeof Feature, number> {
  const x = new Float64Array(FEATURE_COUNT);
  expect(features.closeWindow(host, x)).toBe(true);
  const entries = Object.entries(Feature).map(([name, place]) => [name, inUnits(place, x[place])]);
  return Object.fromEntries(entries) as Record<keyof typeof Feature, number>;
}

it('has a name for each place of the vector', () => {
  expect(FEATURES).toHaveLength(FEATURE_COUNT);
  expect(Object.values(Feature)).toEqual([...FEATURES.keys()]);
});

describe('features of a window', () => {
  it('counts what was opened, by kind', () => {
    const features = new WindowFeatures(1);
    features.opened(0, 0, web);
    features.opened(0, 10, { ...web, destinationHash: 2, isNew: true });
    features.opened(0, 20, dns);
    features.opened(0, 30, dns);
    const { opened, destinations, ports, toNew, dns: dnsFlows } = closed(features);
    expect([opened, toNew, dnsFlows].map(Math.round)).toEqual([4, 1, 2]);
    expect(Math.round(destinations)).toBe(3);
    expect(Math.round(ports)).toBe(2);
  });

  it.each([
    { failures: 0, attempts: 4, share: 0 },
    { failures: 3, attempts: 4, share: 0.75 },
    { failures: 5, attempts: 4, share: 1 },
    { failures: 1, attempts: 0, share: 1 },
  ])('$failures failures of $attempts attempts are a share of $share', ({ failures, attempts, share }) => {
    const features = new WindowFeatures(1);
    features.opened(0, 0, dns);
    for (let i = 0; i < attempts; i++) features.opened(0, 0, web);
    for (let i = 0; i < failures; i++) features.failed(0, 0);
    const window = closed(features);
    expect(window.failedShare).toBe(share);
    expect(window.failed).toBeCloseTo(failures);
  });

  it('sums bytes, relates them, and takes the mean of DNS flows and durations', () => {
    const features = new WindowFeatures(1);
    features.opened(0, 0, dns);
    features.opened(0, 0, dns);
    features.transferred(0, 1, 300, 99, true);
    features.transferred(0, 2, 2699, 900, false);
    features.ended(0, 3, 2000);
    features.ended(0, 3, 4000);
    const window = closed(features);
    expect(window.bytesOut).toBeCloseTo(2999);
    expect(window.bytesIn).toBeCloseTo(999);
    expect(window.outOverIn).toBeCloseTo(3);
    expect(window.dnsBytes).toBeCloseTo(150);
    expect(window.duration).toBeCloseTo(3);
  });

  it.each([10, 100, 300, 1000])('estimates %i distinct destinations within 15 %', (count) => {
    const features = new WindowFeatures(1);
    for (let i = 0; i < count; i++) features.opened(0, 0, { ...web, destinationHash: i });
    const { destinations } = closed(features);
    expect(Math.abs(destinations - count) / count).toBeLessThan(0.15);
  });

  it('finds the destination with most connections among many others', () => {
    const features = new WindowFeatures(1);
    for (let i = 0; i < 100; i++)
      features.opened(0, 0, { ...web, destinationHash: i % 2 === 0 ? 7 : 1000 + i });
    const { leaderShare } = closed(features);
    expect(leaderShare).toBeGreaterThan(0.3);
    expect(leaderShare).toBeLessThanOrEqual(0.5);
  });

  it('keeps hosts apart and forgets a window that was closed', () => {
    const features = new WindowFeatures(2);
    features.opened(1, 0, web);
    features.opened(1, 0, web);
    expect(features.closeWindow(0, new Float64Array(FEATURE_COUNT))).toBe(false);
    expect(closed(features, 1).opened).toBeCloseTo(2);
    features.opened(1, 0, web);
    expect(closed(features, 1).opened).toBeCloseTo(1);
  });

  it('drops the window of a slot that is given to another host', () => {
    const features = new WindowFeatures(1);
    features.opened(0, 0, web);
    features.forget(0);
    expect(features.closeWindow(0, new Float64Array(FEATURE_COUNT))).toBe(false);
  });
});

describe('the end of a window', () => {
  it.each([
    { at: 'its last moment', ms: WINDOW_MS - 1, due: false },
    { at: 'five minutes', ms: WINDOW_MS, due: true },
    { at: 'a late event', ms: -1000, due: false },
    { at: 'a clock set back', ms: -WINDOW_MS - 1, due: true },
    { at: 'a leap ahead', ms: 1e15, due: true },
  ])('at $at: $due', ({ ms, due }) => {
    const features = new WindowFeatures(1);
    features.opened(0, 1000, web);
    expect(features.isDue(0, ms)).toBe(due);
  });

  it('never comes for a host that did nothing', () => {
    expect(new WindowFeatures(1).isDue(0, 1e15)).toBe(false);
  });
});

it('gives finite features, shares from 0 to 1, whatever happens', () => {
  const event = fc.record({
    kind: fc.constantFrom('opened', 'failed', 'transferred', 'ended'),
    hash: fc.integer(),
    port: fc.nat(65535),
    flag: fc.boolean(),
    amount: fc.double({ min: 0, max: 1e15, noNaN: true }),
  });
  fc.assert(
    fc.property(fc.array(event, { minLength: 1, maxLength: 300 }), (events) => {
      const features = new WindowFeatures(1);
      for (const { kind, hash, port, flag, amount } of events) {
        if (kind === 'failed') features.failed(0, 0);
        else if (kind === 'transferred') features.transferred(0, 0, amount, amount / 2, flag);
        else if (kind === 'ended') features.ended(0, 0, amount);
        else features.opened(0, 0, { destinationHash: hash, port, isNew: flag, isTcp: !flag, isDns: flag });
      }
      const x = new Float64Array(FEATURE_COUNT);
      features.closeWindow(0, x);
      expect(x.every(Number.isFinite)).toBe(true);
      for (const place of [Feature.failedShare, Feature.leaderShare]) {
        expect(x[place]).toBeGreaterThanOrEqual(0);
        expect(x[place]).toBeLessThanOrEqual(1);
      }
    }),
  );
});
