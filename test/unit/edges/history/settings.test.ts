import { expect, it } from 'vitest';
import { historySettings } from '../../../../src/edges/history/settings.ts';
import { DAY, HOUR } from './rows.ts';

it('keeps minutes for a day and a half, hours for five weeks, days for over a year in 1 GiB', () => {
  expect(historySettings.parse({})).toEqual({
    keep: { minute: 36 * HOUR, hour: 35 * DAY, day: 400 * DAY },
    maxSize: 2 ** 30,
  });
});
it('takes other times and sizes', () => {
  expect(historySettings.parse({ keep: { minute: '4h', day: '3660d' }, maxSize: '200MB' })).toEqual({
    keep: { minute: 4 * HOUR, hour: 35 * DAY, day: 3_660 * DAY },
    maxSize: 200_000_000,
  });
});
it.each([
  { keep: { minute: '3h' } },
  { keep: { hour: '47h' } },
  { keep: { day: '3661d' } },
  { keep: { day: 'long' } },
  { keep: { week: '1d' } },
  { keep: { day: 7 } },
  { maxSize: '1MiB' },
  { size: '1GiB' },
])('does not take %j', (given) => {
  expect(historySettings.safeParse(given).success).toBe(false);
});
