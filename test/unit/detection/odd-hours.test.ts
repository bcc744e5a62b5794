import { describe, expect, it } from 'vitest';
import { type HoursFacts, oddHours } from '../../../src/detection/odd-hours.ts';
import { HOURS } from '../../../src/detection/profile-layout.ts';
import { expectSurer, expectWords } from './confidences.ts';
import { defaultsOf } from './settings.ts';

const SETTINGS = defaultsOf('oddHours');
const { minHistory, minConnections } = SETTINGS;
const LEAST_HOURS = minHistory / 3_600_000;
const DAY = 24;
/** A Thursday at 00:00, as the epoch began: the first hour of the profile's week. */
const THURSDAY = Date.UTC(2026, 2, 5) / 3_600_000;

/** Watched for so many hours, active in those hours of the week that `isActive` says; weights are whole weeks. */
function profile(
  hoursWatched: number,
  isActive: (hourOfWeek: number) => boolean,
): Pick<HoursFacts, 'active' | 'watched' | 'hoursWatched'> {
  const weeks = (hour: number) => Math.floor(hoursWatched / HOURS) + (hour < hoursWatched % HOURS ? 1 : 0);
  const watched = Float32Array.from({ length: HOURS }, (_, hour) => weeks(hour));
  return { watched, active: watched.map((weight, hour) => (isActive(hour) ? weight : 0)), hoursWatched };
}

const officeHour = (hour: number) => hour % DAY >= 8 && hour % DAY < 18;
const OFFICE = profile(6 * HOURS, officeHour);
const facts = (change: Partial<HoursFacts> = {}): HoursFacts => ({
  ...OFFICE,
  hour: THURSDAY + 3,
  connections: minConnections,
  novelty: 0,
  ...change,
});
const judge = (change: Partial<HoursFacts>) => oddHours(facts(change), SETTINGS);

describe('odd hours are', () => {
  it.each<[string, Partial<HoursFacts>]>([
    ['in the night of an office', {}],
    ['in the night before the epoch’s weekday', { hour: THURSDAY - 24 * 3 + 3 }],
    ['known from all days while few weeks are watched', profile(LEAST_HOURS, officeHour)],
    [
      'on the weekend of an office, once weeks are known',
      {
        ...profile(6 * HOURS, (hour) => officeHour(hour) && ![2, 3].includes(Math.floor(hour / DAY))),
        hour: THURSDAY + 2 * DAY + 12,
      },
    ],
  ])('reported %s', (_, change) => {
    expect(judge(change)).toBeDefined();
  });

  it.each<[string, Partial<HoursFacts>]>([
    ['of a host that is young', profile(LEAST_HOURS - 1, officeHour)],
    ['of a host that was never watched', profile(0, officeHour)],
    ['with too few connections', { connections: minConnections - 1 }],
    ['in the day', { hour: THURSDAY + 12 }],
    ['in the hour before the usual ones', { hour: THURSDAY + 7 }],
    ['in the hour after them', { hour: THURSDAY + 18 }],
    ['of a host that is active at all hours', profile(6 * HOURS, () => true)],
    ['of one that rests for three hours', profile(6 * HOURS, (hour) => ![2, 3, 4].includes(hour % DAY))],
    ['of one that is active every other hour', profile(6 * HOURS, (hour) => hour % 2 === 0)],
    [
      'on a weekend while few weeks are watched',
      {
        ...profile(LEAST_HOURS, (hour) => officeHour(hour) && hour < 2 * DAY),
        hour: THURSDAY + 3 * DAY + 12,
      },
    ],
  ])('not reported %s', (_, change) => {
    expect(judge(change)).toBeUndefined();
  });

  it('reported at every age from the least on', () => {
    const silent: number[] = [];
    for (let hours = LEAST_HOURS; hours <= 8 * HOURS; hours += DAY)
      if (judge(profile(hours, officeHour)) === undefined) silent.push(hours);
    expect(silent).toEqual([]);
  });
});

it('is surer of more connections, and of a new destination', () => {
  expectSurer([1, 2, 10, 1_000].map((times) => judge({ connections: times * minConnections })));
  expectSurer([0, 0.5, 1].map((novelty) => judge({ novelty })));
});

it('is never sure alone', () => {
  expect(judge({ connections: 1e6, novelty: 1 })?.confidence).toBeLessThan(0.8);
});

it('says connections, hour and how often it was active', () => {
  expectWords(judge({ connections: 4711 }), [
    '4711 connections',
    '2026-03-05 03:00 UTC',
    'active 0 of 6 times',
    '14 hours of its day are silent',
  ]);
});
