import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadGood } from '../policy/sources.ts';
import { Bench, HOUR, MINUTE, SPEC } from './bench.ts';

const POLICY = loadGood(`${SPEC}\n  detectors: {scan: {}, volume: {}}\n`);
const HOST = '10.1.0.10';

describe('hosts', () => {
  let bench: Bench;
  let id = 0;

  beforeEach(async () => {
    bench = await Bench.start(POLICY);
  });

  afterEach(() => {
    bench[Symbol.dispose]();
  });

  /** Connections that are answered and end. */
  function browse(host: string, times: number): void {
    for (let n = 0; n < times; n++) {
      const ends = { from: `${host} ${40_000 + n}`, to: '203.0.113.9 443', id: ++id };
      bench.see({ ...ends, event: 'new' });
      bench.see({ ...ends, event: 'destroy', replied: true, counters: [900, 6, 5_000, 7] });
    }
  }

  it('are told one by one: what is known, and how far the detectors in force are', () => {
    browse(HOST, 4);
    const host = bench.order('profile', { host: HOST });
    expect(host).toMatchObject({
      host: HOST,
      groups: ['web'],
      firstSeenMs: Date.now(),
      established: true,
      answered: 4,
      knownDestinations: 1,
      tracks: 1,
      runningHour: { connections: 4, newDestinations: 1, bytesOut: 3_600 },
      learning: 'full',
    });
    expect(Object.fromEntries(host.detectors.map(({ name, state }) => [name, state]))).toMatchObject({
      scan: 'ready',
      volume: 'warming',
      oddHours: 'off',
    });
    expect(host.detectors.find(({ name }) => name === 'volume')?.words).toContain('hosts of web');
    // What crosses to the main thread.
    expect(structuredClone(host)).toEqual(host);
  });

  it('are known on probation, but not counted or listed', () => {
    browse(HOST, 1);
    expect(bench.order('profile', { host: HOST })).toMatchObject({ established: false, answered: 1 });
    expect(bench.order('profiles', { limit: 10 })).toEqual({
      ...{ hosts: [], established: 0, truncated: false, next: null },
    });
    expect(bench.engine.status().profiles).toEqual({ established: 0, evicted: 0 });
  });

  it('are listed, the one seen last first', () => {
    for (const host of ['10.1.0.11', '10.1.0.12', HOST]) {
      browse(host, 4);
      bench.pass(MINUTE);
    }
    const { hosts, next, ...rest } = bench.order('profiles', { limit: 2 });
    expect(hosts.map(({ host }) => host)).toEqual([HOST, '10.1.0.12']);
    expect(hosts[0]).toMatchObject({ groups: ['web'], answered: 4, warming: ['volume'] });
    expect(rest).toEqual({ established: 3, truncated: true });
    expect(bench.engine.status().profiles.established).toBe(3);
    const second = bench.order('profiles', { limit: 2, after: next ?? '' });
    expect(second).toMatchObject({ hosts: [{ host: '10.1.0.11' }], truncated: false, next: null });
    expect(bench.order('profiles', { limit: 9, group: 'nobody' }).hosts).toEqual([]);
    expect(bench.order('profiles', { limit: 9, group: 'web', sort: 'suspicion' }).hosts).toHaveLength(3);
  });

  it('are as they were after a restart', async () => {
    browse(HOST, 4);
    const before = bench.order('profile', { host: HOST });
    await bench.restart();
    expect(bench.order('profile', { host: HOST })).toEqual(before);
  });

  it('warm up as time is watched', () => {
    browse(HOST, 4);
    for (let hour = 0; hour < 24; hour++) {
      for (let n = 0; n < 4; n++) bench.pass(HOUR / 4);
    }
    browse(HOST, 1);
    const volume = bench.order('profile', { host: HOST }).detectors.find(({ name }) => name === 'volume');
    expect(volume).toMatchObject({ state: 'ready', watchedHours: 24, neededHours: 24 });
  });
});
