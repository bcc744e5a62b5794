import { describe, expect, test } from 'vitest';
import { REPORT_TABLES } from '../../../../../../src/edges/api/schema/report.ts';
import {
  periodChoiceOf,
  searchOfPeriod,
  spanOf,
  TABLES,
} from '../../../../../../src/edges/console/app/page/reports-period.ts';

const NOW = new Date(2026, 10, 30, 14, 5, 33).getTime();
const at = (month: number, day: number, hour = 0, minute = 0) =>
  new Date(2026, month, day, hour, minute).getTime();
const choice = { name: 'week', from: '', to: '' } as const;

describe('the time of a report', () => {
  test.each([
    [choice, at(10, 23, 14, 6), at(10, 30, 14, 6)],
    [{ ...choice, name: 'days30' } as const, at(9, 31, 14, 6), at(10, 30, 14, 6)],
    [{ ...choice, name: 'month' } as const, at(10, 1), at(10, 30, 14, 6)],
    [{ ...choice, name: 'lastMonth' } as const, at(9, 1), at(10, 1)],
    [
      { name: 'own', from: '2026-11-01T08:00', to: '2026-11-02T09:30' } as const,
      at(10, 1, 8),
      at(10, 2, 9, 30),
    ],
  ])('%#', (chosen, fromMs, toMs) => {
    expect(spanOf(chosen, NOW)).toEqual({ fromMs, toMs });
  });

  test.each([
    ['', ''],
    ['2026-11-01T08:00', ''],
    ['2026-11-02T08:00', '2026-11-01T08:00'],
    ['2026-11-02T08:00', '2026-11-02T08:00'],
    ['yesterday', 'today'],
  ])('is none from %j until %j', (from, to) => {
    expect(spanOf({ name: 'own', from, to }, NOW)).toBeUndefined();
  });

  test('survives the address of the page', () => {
    const own = { name: 'own', from: '2026-11-01T08:00', to: '2026-11-02T09:30' } as const;
    expect(periodChoiceOf(searchOfPeriod(own))).toEqual(own);
    expect(searchOfPeriod(choice)).toBe('');
    expect(periodChoiceOf('?period=century')).toEqual(choice);
  });
});

test('every table of a report can be saved', () => {
  expect(TABLES.map(({ value }) => value).toSorted()).toEqual([...REPORT_TABLES].toSorted());
});
