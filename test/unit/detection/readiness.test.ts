import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ipv4 } from '../../../src/address/address.ts';
import { fanOut } from '../../../src/detection/fan-out.ts';
import { HOURS_WATCHED } from '../../../src/detection/host-profile.ts';
import { noveltyOf } from '../../../src/detection/new-destination.ts';
import { oddHours } from '../../../src/detection/odd-hours.ts';
import { HOURS } from '../../../src/detection/profile-layout.ts';
import { type Host, ProfileStore } from '../../../src/detection/profile-store.ts';
import { type Circumstances, type Readiness, readinessOf } from '../../../src/detection/readiness.ts';
import { volume } from '../../../src/detection/volume.ts';
import type { AnomalyDetector } from '../../../src/policy/schema/detectors.ts';
import { DAY, HOUR, START } from './connection.ts';
import { ALL_ON } from './settings.ts';

const LEARNT = { learnt: 256, needed: 256 };

/** Watched for so many hours since START; `isActive` by hour of its week. */
function watched(hours: number, isActive: (hour: number) => boolean = () => false): Host {
  const store = new ProfileStore();
  const host = store.touch(ipv4(0x0a01000a), START);
  for (let n = 0; n < 5; n++) store.answered(host);
  const { head, active, watched } = host.profile;
  head[HOURS_WATCHED] = hours;
  for (let hour = 0; hour < HOURS; hour++) {
    watched[hour] = Math.floor(hours / HOURS) + (hour < hours % HOURS ? 1 : 0);
    active[hour] = isActive(hour) ? watched[hour] : 0;
  }
  return host;
}

function readiness(host: Host, name: AnomalyDetector, change: Partial<Circumstances> = {}): Readiness {
  const nowMs = START + host.profile.head[HOURS_WATCHED] * HOUR;
  const circumstances = { groups: [], outlier: LEARNT, nowMs, ...change };
  return readinessOf(host, ALL_ON, circumstances).find((each) => each.name === name) as Readiness;
}

const state = (hours: number, name: AnomalyDetector) => readiness(watched(hours), name).state;

describe('a detector', () => {
  it('that the policy does not name is off', () => {
    const all = readinessOf(watched(1_000), {}, { groups: [], outlier: LEARNT, nowMs: START });
    expect(all.map(({ name }) => name)).toEqual(Object.keys(ALL_ON));
    for (const each of all)
      expect(each).toMatchObject({ state: 'off', watchedHours: null, neededHours: null });
  });

  it.each<AnomalyDetector>([
    ...(['scan', 'failedConnections', 'beacon', 'longConnection', 'dnsTunnel', 'icmpTunnel'] as const),
  ])('%s is ready at once', (name) => {
    expect(readiness(watched(0), name)).toMatchObject({
      state: 'ready',
      neededHours: 0,
      words: expect.stringMatching(/^Needs no past: .*\d.*\.$/),
    });
  });

  it('is told with the hours that it has and needs', () => {
    expect(readiness(watched(30), 'oddHours')).toMatchObject({ watchedHours: 30, neededHours: 120 });
    expect(readiness(watched(3), 'newDestination')).toMatchObject({ watchedHours: 3, neededHours: 12 });
  });

  it('counts hours by the settings in force', () => {
    const settings = { ...ALL_ON, fanOut: { ...ALL_ON.fanOut, minHistory: HOUR / 2 } };
    const [told] = readinessOf(watched(0), settings, {
      groups: [],
      outlier: LEARNT,
      nowMs: START,
    }).filter(({ name }) => name === 'fanOut');
    expect(told).toMatchObject({ state: 'warming', neededHours: 0.5 });
  });
});

/** The detectors themselves, on something that alarms whoever is able to. */
const ABLE: [AnomalyDetector, (hours: number) => boolean][] = [
  [
    'fanOut',
    (hoursWatched) =>
      fanOut(
        { newDestinations: 1e6, most: 0, hoursWatched, service: 'tcp/25', sameService: 0 },
        ALL_ON.fanOut,
      ) !== undefined,
  ],
  [
    'newDestination',
    (hours) => {
      const watchedBeforeMs = hours * HOUR;
      const facts = {
        watchedBeforeMs,
        networkWatchedBeforeMs: watchedBeforeMs,
        serviceWatchedBeforeMs: watchedBeforeMs,
        knownForMs: 0,
        hosts: 9,
        hostsThere: 1,
      };
      return noveltyOf(facts, ALL_ON.newDestination) > 0;
    },
  ],
  [
    'volume',
    // Its own past is all that counts: that of its group would forbid it.
    (hoursWatched) =>
      volume(
        {
          ...{ destination: null, service: 'tcp/443', windowS: 3600, bytesOut: 1e9, bytesIn: 0 },
          ...{ most: 0, hoursWatched, groupMost: 1e9, score: null, inside: false, novelty: 0 },
        },
        ALL_ON.volume,
      ) !== undefined,
  ],
];

it.each(ABLE)('%s is ready from the hour on in which it is able to judge', (name, isAble) => {
  const hours = Array.from({ length: 60 }, (_, hour) => hour);
  const able = hours.filter(isAble);
  expect([able.length > 0, able.length < hours.length]).toEqual([true, true]);
  expect(hours.filter((hour) => state(hour, name) === 'ready')).toEqual(able);
});

describe('volume', () => {
  it('says what it compares with meanwhile', () => {
    expect(readiness(watched(3), 'volume').words).toMatch(
      /^Meanwhile it is in no host group: reports 28\.6 MiB and more/,
    );
    expect(readiness(watched(3), 'volume', { groups: ['web', 'build'] }).words).toMatch(
      /^Meanwhile compares with hosts of web, build; while too little is known of them, reports 28\.6 MiB/,
    );
  });
  it('says until when a day has no past yet', () => {
    expect(readiness(watched(47), 'volume').words).toMatch(/for a whole day, until 2 d, it is in no host/);
    expect(readiness(watched(48), 'volume').words).toMatch(/^Compares an hour and a day with the most/);
  });
});

describe('odd hours', () => {
  const LEAST = ALL_ON.oddHours.minHistory / HOUR;

  it('wait, then abstain on a flat profile and are ready for one with quiet hours', () => {
    const office = (hour: number) => hour % 24 >= 8 && hour % 24 < 18;
    expect(readiness(watched(LEAST - 1, office), 'oddHours').state).toBe('warming');
    expect(readiness(watched(LEAST, office), 'oddHours')).toMatchObject({
      state: 'ready',
      words: expect.stringContaining('14 hours of its day are silent'),
    });
    expect(
      readiness(
        watched(LEAST, () => true),
        'oddHours',
      ),
    ).toMatchObject({
      state: 'abstaining',
      words: expect.stringMatching(/^The profile is flat: 0 hours of its day are silent, 4 are needed/),
    });
  });

  it('say nothing of a host for which they are not ready, whatever it does', () => {
    const hourOfDay = fc.uniqueArray(fc.integer({ min: 0, max: 23 }), { maxLength: 24 });
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1_000 }), hourOfDay, (hours, busy) => {
        const host = watched(hours, (hour) => busy.includes(hour % 24));
        const { active, watched: weeks } = host.profile;
        const facts = { active, watched: weeks, hoursWatched: hours, connections: 1e6, novelty: 1 };
        const heard = Array.from({ length: HOURS }, (_, hour) =>
          oddHours({ ...facts, hour: hour + START / DAY }, ALL_ON.oddHours),
        );
        if (readiness(host, 'oddHours').state !== 'ready')
          expect(heard.every((each) => each === undefined)).toBe(true);
      }),
      { numRuns: 60 },
    );
  });
});

describe('the model of all hosts', () => {
  it.each<[string, Circumstances['outlier'], Readiness['state'], RegExp]>([
    ['cold', { learnt: 3, needed: 256 }, 'warming', /3 of 256 windows/],
    ['warm', LEARNT, 'ready', /all hosts/],
    ['not known', undefined, 'warming', /not known/],
  ])('that is %s', (_, outlier, expected, words) => {
    const told = readiness(watched(1_000), 'outlier', { outlier });
    expect(told).toMatchObject({ state: expected, watchedHours: null, neededHours: null });
    expect(told.words).toMatch(words);
  });

  it('abstains from a host that nothing has answered', () => {
    const host = new ProfileStore().touch(ipv4(0x0a01000b), START);
    expect(readiness(host, 'outlier').state).toBe('abstaining');
  });
});
