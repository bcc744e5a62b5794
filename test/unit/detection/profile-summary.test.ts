import { describe, expect, it } from 'vitest';
import { type Address, formatAddress, ipv4, parseAddress } from '../../../src/address/address.ts';
import {
  FIRST_SEEN,
  HOUR,
  HOUR_CONNECTIONS,
  HOUR_NEW,
  HOUR_OUT,
  HOURS_WATCHED,
  SUSPICION,
  SUSPICIOUS,
} from '../../../src/detection/host-profile.ts';
import { type Host, ProfileStore } from '../../../src/detection/profile-store.ts';
import {
  type HostQuery,
  listedHosts,
  summarize,
  summarizeShortly,
} from '../../../src/detection/profile-summary.ts';
import { finish } from '../../../src/engine/job.ts';
import { DAY, HOST, HOUR as HOUR_MS, MB, MINUTE, START } from './connection.ts';
import { browsing, services } from './habits.ts';
import { ALL_ON } from './settings.ts';
import { Watch } from './watch.ts';

const outlier = { learnt: 3, needed: 256 };

function known(address = ipv4(0x0a01000a)): Host {
  const store = new ProfileStore();
  return store.touch(address, START);
}

const summary = (host: Host, nowMs = START + MINUTE) =>
  summarize(host, ALL_ON, { groups: [], outlier, nowMs });

describe('a summary', () => {
  it('of a host that was just seen says that nothing is known', () => {
    expect(summary(known())).toMatchObject({
      firstSeenMs: START,
      lastSeenMs: START,
      hoursWatched: 0,
      answered: 0,
      established: false,
      mostUploaded: { hour: 0, day: null },
      runningHour: { connections: 0, newDestinations: 0, bytesOut: 0 },
      activity: Array(168).fill(null),
      tracks: 0,
      knownDestinations: 0,
      suspicion: 0,
      learning: 'full',
    });
  });

  it('tells what a host does that was watched for three days', () => {
    const watch = new Watch({ live: true });
    const office = browsing({ untilMs: START + 3 * DAY, from: 8, until: 18 });
    const nowMs = START + 3 * DAY + MINUTE;
    const today = [1, 2].map((n) => ({ atMs: nowMs - n * 1_000, to: '203.0.113.77 443', bytesOut: 1_500 }));
    watch.show(office, services(START + 3 * DAY), today);
    const host = watch.detection.profiles.get(parseAddress(HOST)) as Host;
    const told = summary(host, nowMs);
    expect(told.hoursWatched).toBe(3 * 24);
    expect(told.answered).toBeGreaterThan(1_000);
    expect([told.established, told.lastSeenMs > nowMs - 2 * MINUTE]).toEqual([true, true]);
    expect(told.runningHour).toEqual({ connections: 2, newDestinations: 1, bytesOut: 3_000 });
    expect(told.tracks).toBe(48);
    // Some of 120 servers of web pages, names and time, and the one of today.
    expect(told.knownDestinations).toBeGreaterThan(100);
    expect(told.knownDestinations).toBeLessThanOrEqual(124);
    const monday = told.activity.slice(0, 24);
    expect(monday.slice(9, 17)).toEqual(Array(8).fill(1));
    expect(monday.slice(19)).toEqual(Array(5).fill(0));
    // Thursday has only begun.
    expect(told.activity.slice(3 * 24).every((share) => share === null)).toBe(true);
  });

  it('has the running hour, and nothing of one that is over', () => {
    const host = known();
    const { head } = host.profile;
    [head[HOUR], head[HOUR_CONNECTIONS], head[HOUR_NEW], head[HOUR_OUT]] = [START / HOUR_MS, 5, 2, 700];
    const sums = { connections: 5, newDestinations: 2, bytesOut: 700 };
    expect(summary(host, START + HOUR_MS - 1).runningHour).toEqual(sums);
    const nothing = { connections: 0, newDestinations: 0, bytesOut: 0 };
    expect(summary(host, START + HOUR_MS).runningHour).toEqual(nothing);
  });

  it('has the most of an hour and of a day, which is known from two days on', () => {
    const host = known();
    const { head, uploads } = host.profile;
    uploads.fill(MB);
    uploads[5] = 7 * MB;
    const most = (hours: number) => {
      head[HOURS_WATCHED] = hours;
      return summary(host).mostUploaded;
    };
    expect(most(5)).toEqual({ hour: MB, day: null });
    expect(most(47)).toEqual({ hour: 7 * MB, day: null });
    expect(most(48)).toEqual({ hour: 7 * MB, day: 30 * MB });
  });

  it('begins the week on Monday', () => {
    const host = known();
    const { active, watched } = host.profile;
    // Hours since the epoch, of which the first was a Thursday's.
    const place = (START / HOUR_MS) % 168;
    expect(new Date(START).getUTCDay()).toBe(1);
    [watched[place], active[place]] = [4, 1];
    const { activity } = summary(host);
    expect(activity[0]).toBe(0.25);
    expect(activity.filter((share) => share !== null)).toHaveLength(1);
  });

  it.each([
    [0, 'full'],
    [SUSPICIOUS - 0.01, 'full'],
    [SUSPICIOUS, 'slowed'],
    [1, 'slowed'],
  ])('of a host with suspicion %d says that learning is %s', (suspicion, learning) => {
    const host = known();
    host.profile.head[SUSPICION] = suspicion;
    expect(summary(host)).toMatchObject({ suspicion, learning });
    expect(summarizeShortly(host, ALL_ON, START)).toMatchObject({ suspicion, learning });
  });
});

describe('a line', () => {
  const warming = (hours: number, settings = ALL_ON) => {
    const host = known();
    host.profile.head[HOURS_WATCHED] = hours;
    return summarizeShortly(host, settings, host.profile.head[FIRST_SEEN] + hours * HOUR_MS).warming;
  };

  it.each<[number, string[]]>([
    [0, ['volume', 'oddHours', 'newDestination', 'fanOut']],
    [12, ['volume', 'oddHours', 'fanOut']],
    [24, ['oddHours']],
    [120, []],
  ])('after %d hours has the detectors that wait', (hours, expected) => {
    expect(warming(hours)).toEqual(expected);
  });

  it('says nothing of detectors that are off', () => {
    const host = known();
    expect(summarizeShortly(host, { scan: ALL_ON.scan, volume: ALL_ON.volume }, START).warming).toEqual([
      'volume',
    ]);
  });
});

describe('the newest hosts', () => {
  const store = new ProfileStore();
  const established = (n: number, atMs: number) => {
    const host = store.touch(ipv4(0x0a010000 + n), atMs);
    for (let answer = 0; answer < 5; answer++) store.answered(host);
  };
  for (let n = 0; n < 6; n++) established(n, START + n * HOUR_MS);
  // Seen again long after, and within a moment of the others.
  established(2, START + 10 * HOUR_MS);
  established(1, START + 10 * HOUR_MS + 1_000);
  established(2, START + 10 * HOUR_MS + 2_000);
  store.touch(ipv4(0x0a0100ff), START + 11 * HOUR_MS);
  const newest = (limit: number, more: Partial<HostQuery> = {}) =>
    finish(listedHosts(store, { limit, ...more })).map(({ host }) => formatAddress(host.address));

  it('come first, without those on probation', () => {
    expect(newest(100)).toEqual(['10.1.0.2', '10.1.0.1', '10.1.0.5', '10.1.0.4', '10.1.0.3', '10.1.0.0']);
    expect(newest(3)).toEqual(['10.1.0.2', '10.1.0.1', '10.1.0.5']);
  });
  it('are no more than asked for', () => {
    for (let limit = 1; limit <= 6; limit++) expect(newest(limit)).toEqual(newest(100).slice(0, limit));
  });
  it('are read on behind any of them, in either order', () => {
    for (const order of ['lastSeen', 'suspicion'] as const) {
      const all = finish(listedHosts(store, { limit: 100, order }));
      const names = newest(100, { order });
      expect(new Set(names).size).toBe(6);
      for (const [at, { place }] of all.entries())
        expect(newest(100, { order, after: place })).toEqual(names.slice(at + 1));
    }
  });
  it('are only those accepted', () => {
    const accept = ({ address }: { address: Address }) => address.d % 2 === 1;
    expect(newest(2, { accept })).toEqual(['10.1.0.1', '10.1.0.5']);
  });
  it('are none of an empty store', () => {
    expect(finish(listedHosts(new ProfileStore(), { limit: 10 }))).toEqual([]);
  });
});
