import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { describeSchedule, scheduleStateAt } from '../../../src/policy/schedule.ts';
import { DAYS, type Schedule } from '../../../src/policy/schema/schedule.ts';

const clock = (text: string) => Number(text.slice(0, 2)) * 60 + Number(text.slice(3));
function weekly(timezone: string, days: string, start: string, end: string): Schedule {
  const list = days === 'all' ? [...DAYS] : DAYS.filter((day) => days.includes(day));
  return { timezone, days: list, start: clock(start), end: clock(end) };
}
const state = (schedule: Schedule, at: string) => {
  const { open, sinceMs, untilMs } = scheduleStateAt(schedule, Date.parse(at));
  return { open, since: new Date(sinceMs).toISOString(), until: new Date(untilMs).toISOString() };
};

describe('windows on ordinary days', () => {
  const day = weekly('Europe/Berlin', 'mon tue wed thu fri', '07:00', '19:00');
  const night = weekly('Europe/Berlin', 'mon fri', '22:00', '04:00');
  test.each([
    ['before the start', day, '2026-10-05T04:59:59Z', false],
    ['at the start', day, '2026-10-05T05:00:00Z', true],
    ['before the end', day, '2026-10-05T16:59:59.999Z', true],
    ['at the end', day, '2026-10-05T17:00:00Z', false],
    ['on Saturday', day, '2026-10-10T10:00:00Z', false],
    ['before midnight', night, '2026-10-05T21:30:00Z', true],
    ['after midnight, which belongs to the day before', night, '2026-10-06T01:59:00Z', true],
    ['at the end after midnight', night, '2026-10-06T02:00:00Z', false],
    ['on Tuesday evening', night, '2026-10-06T21:30:00Z', false],
    ['on Saturday morning, of Friday', night, '2026-10-10T01:00:00Z', true],
    ['on Monday morning: Sunday has no window', night, '2026-10-05T01:00:00Z', false],
  ])('%s', (_, schedule, at, open) => {
    expect(state(schedule, at).open).toBe(open);
  });

  test('the whole day without a gap at midnight', () => {
    const always = weekly('America/New_York', 'all', '00:00', '24:00');
    for (const at of ['2026-10-05T03:59:59Z', '2026-10-05T04:00:00Z', '2026-03-08T07:00:00Z']) {
      expect(state(always, at).open).toBe(true);
    }
  });
});

describe('days on which the clock jumps', () => {
  test.each([
    // Berlin: 29 March 2026 01:00Z, 02:00 becomes 03:00; 25 October 2026 01:00Z, 03:00 becomes 02:00.
    [
      'Berlin spring, over the jump',
      'Europe/Berlin',
      '01:00',
      '04:00',
      '2026-03-29T00:30:00Z',
      '2026-03-29T00:00:00Z',
      '2026-03-29T02:00:00Z',
    ],
    [
      'Berlin spring, start jumped over',
      'Europe/Berlin',
      '02:30',
      '04:00',
      '2026-03-29T01:10:00Z',
      '2026-03-29T01:00:00Z',
      '2026-03-29T02:00:00Z',
    ],
    [
      'Berlin spring, end jumped over',
      'Europe/Berlin',
      '01:00',
      '02:30',
      '2026-03-29T00:59:00Z',
      '2026-03-29T00:00:00Z',
      '2026-03-29T01:00:00Z',
    ],
    [
      'Berlin autumn, over the jump',
      'Europe/Berlin',
      '01:00',
      '04:00',
      '2026-10-25T01:30:00Z',
      '2026-10-24T23:00:00Z',
      '2026-10-25T03:00:00Z',
    ],
    [
      'Berlin autumn, end shown twice: the first counts',
      'Europe/Berlin',
      '01:00',
      '02:30',
      '2026-10-25T00:10:00Z',
      '2026-10-24T23:00:00Z',
      '2026-10-25T00:30:00Z',
    ],
    [
      'Berlin autumn, start shown twice: the first counts',
      'Europe/Berlin',
      '02:30',
      '04:00',
      '2026-10-25T01:10:00Z',
      '2026-10-25T00:30:00Z',
      '2026-10-25T03:00:00Z',
    ],
    [
      'Berlin autumn, past midnight',
      'Europe/Berlin',
      '22:00',
      '04:00',
      '2026-10-25T02:30:00Z',
      '2026-10-24T20:00:00Z',
      '2026-10-25T03:00:00Z',
    ],
    // New York: 8 March 2026 07:00Z, 02:00 becomes 03:00; 1 November 2026 06:00Z, 02:00 becomes 01:00.
    [
      'New York spring, over the jump',
      'America/New_York',
      '01:00',
      '04:00',
      '2026-03-08T07:30:00Z',
      '2026-03-08T06:00:00Z',
      '2026-03-08T08:00:00Z',
    ],
    [
      'New York spring, start jumped over',
      'America/New_York',
      '02:15',
      '05:00',
      '2026-03-08T07:00:00Z',
      '2026-03-08T07:00:00Z',
      '2026-03-08T09:00:00Z',
    ],
    [
      'New York autumn, over the jump',
      'America/New_York',
      '00:00',
      '03:00',
      '2026-11-01T06:30:00Z',
      '2026-11-01T04:00:00Z',
      '2026-11-01T08:00:00Z',
    ],
    [
      'New York autumn, past midnight',
      'America/New_York',
      '23:00',
      '01:30',
      '2026-11-01T05:10:00Z',
      '2026-11-01T03:00:00Z',
      '2026-11-01T05:30:00Z',
    ],
  ])('%s', (_, zone, start, end, at, since, until) => {
    const schedule = weekly(zone, 'all', start, end);
    const iso = (text: string) => new Date(text).toISOString();
    expect(state(schedule, at)).toEqual({ open: true, since: iso(since), until: iso(until) });
    expect(scheduleStateAt(schedule, Date.parse(since) - 1).open).toBe(false);
    expect(scheduleStateAt(schedule, Date.parse(until)).open).toBe(false);
  });

  test('a window that the jump swallows is not opened', () => {
    const swallowed = weekly('Europe/Berlin', 'all', '02:10', '02:50');
    for (let minute = 0; minute < 180; minute++) {
      expect(scheduleStateAt(swallowed, Date.parse('2026-03-29T00:00:00Z') + minute * 60_000).open).toBe(
        false,
      );
    }
    expect(state(swallowed, '2026-03-28T01:30:00Z').open).toBe(true);
  });

  test('a day that a zone never had', () => {
    // Apia went from 29 December 2011 24:00 to 31 December 00:00.
    const friday = weekly('Pacific/Apia', 'fri', '08:00', '18:00');
    expect(state(friday, '2011-12-30T10:00:00Z').open).toBe(false);
    expect(state(weekly('Pacific/Apia', 'sat', '08:00', '18:00'), '2011-12-30T20:00:00Z').open).toBe(true);
  });
});

test('a state holds unchanged for the span that it names, and is bounded by changes', () => {
  const schedule = fc.record({
    timezone: fc.constantFrom(
      'Europe/Berlin',
      'America/New_York',
      'Asia/Kolkata',
      'Australia/Lord_Howe',
      'UTC',
    ),
    days: fc.subarray([...DAYS], { minLength: 1 }),
    start: fc.integer({ min: 0, max: 1439 }),
    end: fc.integer({ min: 0, max: 1440 }),
  });
  const moment = fc.integer({
    min: Date.parse('2026-01-01T00:00:00Z'),
    max: Date.parse('2027-01-01T00:00:00Z'),
  });
  fc.assert(
    fc.property(
      schedule,
      moment,
      fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
      (given, atMs, part) => {
        fc.pre(given.start !== given.end);
        const { open, sinceMs, untilMs } = scheduleStateAt(given, atMs);
        expect(sinceMs <= atMs && atMs < untilMs).toBe(true);
        const other = scheduleStateAt(
          given,
          Math.min(untilMs - 1, sinceMs + Math.floor((untilMs - sinceMs) * part)),
        );
        expect(other.open).toBe(open);
      },
    ),
    { numRuns: 300 },
  );
});

test.each([
  [weekly('Europe/Berlin', 'mon tue wed thu fri', '01:00', '04:00'), 'mon-fri 01:00-04:00 Europe/Berlin'],
  [weekly('UTC', 'mon tue sat', '22:00', '24:00'), 'mon,tue,sat 22:00-24:00 UTC'],
  [weekly('UTC', 'all', '00:00', '24:00'), 'mon-sun 00:00-24:00 UTC'],
])('a schedule for a person', (schedule, text) => {
  expect(describeSchedule(schedule)).toBe(text);
});
