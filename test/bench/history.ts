/**
 * What the history of flows costs:
 *
 *   counting    processor time a flow in the engine's thread, its start and its end; beside a hash of its key alone
 *   drain       the longest piece that the engine's thread tells of a full table, in ms of processor time; beside what
 *               events may wait
 *   ingest      a minute of a busy network into the file, in ms of the history's thread; beside the minute
 *   size        what that network takes a day, in minutes, and in hours and days; beside the limit
 *   query       30 days: the sum of all by hour, and who sent most where, in ms
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileBytes } from '../../src/edges/history/database.ts';
import { Geography } from '../../src/edges/history/geography.ts';
import { HistoryQueries } from '../../src/edges/history/queries.ts';
import { DEFAULT_KEEP } from '../../src/edges/history/step.ts';
import { HistoryStore } from '../../src/edges/history/store.ts';
import { type TrafficRow, TrafficTotals } from '../../src/engine/traffic-totals.ts';
import { emptyFlow } from '../../src/flow/flow-reader.ts';
import { KeyedHash } from '../../src/flow/keyed-hash.ts';
import type { Verdict } from '../../src/policy/verdict.ts';
import { type Figure, figure, median } from './figure.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const MINUTES = 120;
const START = Date.UTC(2026, 0, 5);
const ALLOW: Verdict = Object.freeze({ kind: 'allow', rule: 'web', ruleIndex: 0 });

export interface HistoryBench {
  readonly flows: number;
  readonly hosts: number;
  readonly days: number;
}

export function benchHistory({ flows, hosts, days }: HistoryBench): Figure[] {
  const folder = mkdtempSync(join(tmpdir(), 'penstock-bench-'));
  try {
    return [...counting(flows), ...keeping(join(folder, 'history.db'), hosts, days)];
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function counting(flows: number): Figure[] {
  const totals = new TrafficTotals({ groupsOf: () => [], nameOf: () => undefined }, 0);
  const flow = emptyFlow();
  Object.assign(flow, { direction: 'outbound', protocol: 6, destinationPort: 443, startedAtMs: 1 });
  const none = { slot: 1, flow, bytesOut: 0, bytesIn: 0, packetsOut: 0, packetsIn: 0 };
  const started = { ...none, kind: 'started' as const };
  const ended = { ...none, kind: 'ended' as const, bytesOut: 1_500, packetsOut: 3 };
  const costs: number[] = [];
  let longest = 0;
  for (let round = 0; round < 4; round++) {
    const cost = processorTime(() => {
      for (let i = 0; i < flows; i++) {
        flow.host.d = 0x0a010000 + (i % 1_000);
        flow.destination.d = (Math.imul(i, 2_654_435_761) >>> 0) % 5_000;
        totals.take(started, ALLOW, undefined);
        totals.take(ended, ALLOW, undefined);
      }
    });
    costs.push((cost * 1_000) / flows);
    for (let more = true; more; ) {
      const took = processorTime(() => {
        ({ more } = totals.drain());
      });
      // The first round is the compiler's.
      if (round > 0) longest = Math.max(longest, took);
    }
  }
  return [
    figure(
      'history counting',
      median(costs.slice(1)),
      'us/flow',
      'two hashes of a key alone',
      hashAlone(flows),
    ),
    figure('history drain', longest, 'ms', 'what events may wait', 10),
  ];
}

function hashAlone(flows: number): number {
  const hash = new KeyedHash(11);
  let sum = 0;
  const cost = processorTime(() => {
    for (let i = 0; i < flows * 2; i++) {
      hash.words[0] = i;
      sum ^= hash.hash(5);
    }
  });
  return sum === 0.5 ? 0 : (cost * 1_000) / flows;
}

function keeping(path: string, hosts: number, days: number): Figure[] {
  const store = new HistoryStore({ path, keep: DEFAULT_KEEP, maxBytes: 2 ** 40 });
  try {
    const perMinute = ingestMinutes(store, hosts);
    const bytesADay = (fileBytes(store.db) * 1_440) / MINUTES;
    for (let day = 1; day < days; day++) ingestHours(store, hosts, day);
    const queries = new HistoryQueries(store.db, new Geography({}));
    const bytesADayOfHours = (fileBytes(store.db) - (bytesADay * MINUTES) / 1_440) / (days - 1);
    const span = { fromMs: START, toMs: START + days * DAY - 1 };
    const took = (ask: () => unknown) => {
      const began = performance.now();
      ask();
      return performance.now() - began;
    };
    const query = (name: string, ask: () => unknown) =>
      figure(`history query: ${name}`, took(ask), 'ms', 'what a person waits for', 1_000);
    return [
      figure('history ingest', perMinute, 'ms/minute', 'a minute', MINUTE),
      figure('history minutes', bytesADay / 1e6, 'MB/day', 'the default limit', 2 ** 30 / 1e6),
      figure(
        'history hours and days',
        bytesADayOfHours / 1e6,
        'MB/day',
        'a 35th of the limit',
        2 ** 30 / 35e6,
      ),
      query('sums by hour', () => queries.series({ ...span, step: 'hour' })),
      query('one host by hour', () => queries.series({ ...span, step: 'hour', host: '10.1.0.7' })),
      query('top hosts', () => queries.top({ ...span, by: 'host', limit: 20 }, 'day')),
      query('top destinations', () => queries.top({ ...span, by: 'destination', limit: 20 }, 'day')),
    ];
  } finally {
    store.close();
  }
}

/** Some hours by the minute. @returns ms a minute, the hours' folding among it */
function ingestMinutes(store: HistoryStore, hosts: number): number {
  const began = performance.now();
  const minutes = MINUTES;
  for (let i = 0; i < minutes; i++) {
    const atMs = START + i * MINUTE;
    store.add({ rows: traffic(hosts, 6, i), groups: {}, names: {} }, atMs);
    store.tend(atMs + MINUTE);
  }
  return (performance.now() - began) / minutes;
}

/** A day in hours, for what is asked of hours and days. */
function ingestHours(store: HistoryStore, hosts: number, day: number): void {
  for (let hour = 0; hour < 24; hour++) {
    const atMs = START + day * DAY + hour * HOUR;
    store.add({ rows: traffic(hosts, 8, day * 24 + hour), groups: {}, names: {} }, atMs);
    store.tend(atMs + HOUR);
  }
}

/** Each host talks to some of its usual places, and now and then to another. */
function traffic(hosts: number, places: number, seed: number): TrafficRow[] {
  const rows: TrafficRow[] = [];
  let state = seed * 7_919 + 1;
  const random = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
  for (let host = 0; host < hosts; host++) {
    for (let place = 0; place < places; place++) {
      const usual = Math.floor(random() ** 2 * 60);
      const number = random() < 0.03 ? Math.floor(random() * 2 ** 24) : (host % 50) * 100 + usual;
      rows.push({
        ...{ kind: 'allow', because: 'web', host: `10.1.${host >> 8}.${host & 255}` },
        destination: `203.${number >> 16}.${(number >> 8) & 255}.${number & 255}`,
        service: (6 << 16) | 443,
        bytesOut: Math.floor(random() * 50_000),
        bytesIn: Math.floor(random() * 500_000),
        ...{ packets: 100, connections: 3, denied: 0 },
      });
    }
  }
  return rows;
}

/** Milliseconds. */
function processorTime(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
}
