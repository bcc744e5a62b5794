import type { Schema } from 'penstock-client';
import { describe, expect, test } from 'vitest';
import {
  decisionsOf,
  destinationRows,
  outboundOf,
  RANGES,
  windowOf,
} from '../../../../../../src/edges/console/app/page/host-facts.ts';
import { decision } from '../../../api/samples.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const MB = 1_000_000;
const NOW = 1_000 * DAY_MS + 5.5 * HOUR_MS;
const [MINUTES, DAY] = RANGES;
const sums = { bytesIn: 0, connections: 1, denied: 0 };

describe('the window of a chart', () => {
  test('ends with the running hour and reaches back four weeks more, for what is usual', () => {
    const { fromMs, toMs, askFromMs } = windowOf(DAY, NOW);
    expect([toMs - NOW, toMs - fromMs, fromMs - askFromMs]).toEqual([0.5 * HOUR_MS, DAY_MS, 28 * DAY_MS]);
  });

  test('by minutes asks for no more than it shows', () => {
    const { fromMs, askFromMs } = windowOf(MINUTES, NOW);
    expect(askFromMs).toBe(fromMs);
  });
});

describe('what a host sent', () => {
  const { fromMs, toMs, askFromMs } = windowOf(DAY, NOW);
  const window = { fromMs, toMs, watchedFromMs: askFromMs };
  const steady = Array.from({ length: 29 * 24 }, (_, i) => ({
    ...sums,
    atMs: askFromMs + i * HOUR_MS,
    bytesOut: 10 * MB,
  }));

  test('is summed up over the window alone', () => {
    const outbound = outboundOf(steady, DAY, window);
    expect(outbound).toMatchObject({ total: 240 * MB, unusual: 0 });
    expect(outbound.points).toHaveLength(24);
    expect(outbound.bandLabel).toContain('same hour of the week');
  });

  test('stands out where it is more than before', () => {
    const leak = steady.map((point, i) =>
      i === steady.length - 2 ? { ...point, bytesOut: 900 * MB } : point,
    );
    const outbound = outboundOf(leak, DAY, window);
    expect(outbound.unusual).toBe(1);
    expect(outbound.highest).toEqual({ atMs: toMs - 2 * HOUR_MS, bytes: 900 * MB });
  });

  test('has no band by minutes, and none where it was not watched', () => {
    const minutes = [{ ...sums, atMs: NOW, bytesOut: 5 }];
    expect(outboundOf(minutes, MINUTES, { ...window, fromMs: NOW, toMs: NOW + 1 }).bandLabel).toBeNull();
    const fresh = outboundOf(steady.slice(-3), DAY, { ...window, watchedFromMs: toMs - 3 * HOUR_MS });
    expect(fresh.points.map(({ high }) => high)).toEqual([null, null, null]);
    expect(fresh.bandLabel).toContain('24 hours');
  });

  test('is nothing without a history', () => {
    expect(outboundOf([], MINUTES, window)).toMatchObject({ points: [], total: 0, highest: undefined });
  });
});

describe('destinations', () => {
  const item = (key: string, firstSeenMs: number, bytesOut = 100) => ({
    ...{ ...sums, key, firstSeenMs, bytesOut, lastSeenMs: NOW },
  });
  const shown = [
    item('203.0.113.1', NOW - HOUR_MS, 300),
    item('203.0.113.2', NOW - HOUR_MS),
    item('203.0.113.3', 0),
  ];
  // What the longer time knows of them; the third has too few bytes to be told.
  const known = [item('203.0.113.1', NOW - HOUR_MS), item('203.0.113.2', NOW - 20 * DAY_MS)];
  const times = { nowMs: NOW, watchedFromMs: NOW - 40 * DAY_MS, totalOut: 500 };

  test('are new when nothing was known of them a day ago', () => {
    expect(destinationRows(shown, known, times).map(({ isNew }) => isNew)).toEqual([true, false, false]);
  });

  test('are not called new of a host that was not watched a day ago', () => {
    const rows = destinationRows(shown, known, { ...times, watchedFromMs: NOW - HOUR_MS });
    expect(rows.some(({ isNew }) => isNew)).toBe(false);
  });

  test('have their share of all bytes', () => {
    expect(destinationRows(shown, known, times).map(({ share }) => share)).toEqual([0.6, 0.2, 0.2]);
    expect(destinationRows(shown, known, { ...times, totalOut: 0 })[0]?.share).toBe(0);
  });
});

test('what stands against a host is of that host and not over', () => {
  const decisions: Schema<'Decision'>[] = JSON.parse(
    JSON.stringify([
      decision(1, { state: 'active' }),
      decision(2, { state: 'expired' }),
      decision(3, { target: { kind: 'host', host: '10.1.0.10', allowTo: [] }, state: 'pending' }),
      decision(4, { target: { kind: 'host', host: '10.1.0.11', allowTo: [] }, state: 'active' }),
      decision(5, { target: { kind: 'destination', prefix: '198.51.100.0/24' }, state: 'active' }),
    ]),
  );
  expect(decisionsOf('10.1.0.10', decisions).map(({ id }) => id)).toEqual(['D1', 'D3']);
});
