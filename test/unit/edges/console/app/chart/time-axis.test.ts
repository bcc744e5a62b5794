import { describe, expect, test } from 'vitest';
import {
  markWords,
  momentWords,
  timeMarks,
} from '../../../../../../src/edges/console/app/chart/time-axis.ts';

const at = (day: number, hour = 0, minute = 0) => new Date(2026, 10, day, hour, minute).getTime();
const words = (fromMs: number, toMs: number) => timeMarks(fromMs, toMs).map((mark) => mark.words);

describe('marks of a time axis', () => {
  test.each([
    { what: 'an hour', from: at(3, 9, 7), to: at(3, 10, 7), expected: ['09:15', '09:30', '09:45', '10:00'] },
    {
      what: 'a day',
      from: at(3, 9, 7),
      to: at(4, 9, 7),
      expected: ['12:00', '18:00', '4 Nov', '06:00'],
    },
    {
      what: 'a week',
      from: at(3, 9),
      to: at(10, 9),
      expected: ['4 Nov', '6 Nov', '8 Nov', '10 Nov'],
    },
  ])('of $what are round', ({ from, to, expected }) => {
    expect(words(from, to)).toEqual(expected);
  });

  test('are few for years too', () => {
    expect(timeMarks(at(1), at(1) + 3 * 366 * 86_400_000).length).toBeLessThanOrEqual(7);
  });
});

test('midnight shows the date, other hours the time of day', () => {
  expect(markWords(at(3), 3_600_000)).toBe('3 Nov');
  expect(markWords(at(3, 7, 5), 3_600_000)).toBe('07:05');
  expect(momentWords(at(3, 7, 5))).toBe('Tue 3 Nov 07:05');
});
