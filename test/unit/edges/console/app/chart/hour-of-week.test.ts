import { describe, expect, test } from 'vitest';
import {
  activityLevel,
  activityWords,
  weekGrid,
} from '../../../../../../src/edges/console/app/chart/hour-of-week.ts';

const week = (share: (hour: number) => number | null) => Array.from({ length: 168 }, (_, i) => share(i));

describe('the grid of a week', () => {
  test('has Monday first and is in UTC for UTC', () => {
    const { rows, zone } = weekGrid(
      week((hour) => hour),
      0,
    );
    expect(rows.map((row) => row.length)).toEqual([24, 24, 24, 24, 24, 24, 24]);
    expect([rows[0]?.[0], rows[6]?.[23], zone]).toEqual([0, 167, 'UTC']);
  });

  test.each([
    { offset: 120, monday: 166, zone: 'UTC+2' },
    { offset: -300, monday: 5, zone: 'UTC−5' },
    // Half hours: no grid of whole hours fits.
    { offset: 330, monday: 0, zone: 'UTC' },
  ])('is turned to $zone for $offset minutes', ({ offset, monday, zone }) => {
    const grid = weekGrid(
      week((hour) => hour),
      offset,
    );
    expect([grid.rows[0]?.[0], grid.zone]).toEqual([monday, zone]);
  });

  test('of a shorter answer has holes, not errors', () => {
    expect(weekGrid([0.5], 0).rows[6]?.[23]).toBeNull();
  });
});

test.each([
  [null, null],
  [0, 0],
  [0.01, 1],
  [0.25, 1],
  [0.5, 2],
  [0.75, 3],
  [0.76, 4],
  [1, 4],
])('a share of %s has level %s', (share, level) => {
  expect(activityLevel(share)).toBe(level);
});

test('words tell active, constant and unwatched hours apart', () => {
  expect(activityWords(week(() => null))).toBe('No hour of the week was watched yet.');
  expect(activityWords(week((hour) => (hour < 10 ? 1 : hour < 20 ? 0.2 : hour < 100 ? 0 : null)))).toBe(
    'Active in 20 of 100 watched hours of the week, nearly always in 10, 68 hours not watched yet.',
  );
});
