import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BY_SIZE, dateMs, decimal, inMs } from '../../../../src/flow/recorded/time.ts';

describe('dates', () => {
  it.each([
    ['2023-11-14T22:13:20Z', 1_700_000_000_000],
    ['2023-11-14T22:13:20.123456Z', 1_700_000_000_123.456],
    ['2023-11-14 22:13:20', 1_700_000_000_000],
    ['2023-11-14 22:13:20,5', 1_700_000_000_500],
    ['2023-11-14T23:13:20+01:00', 1_700_000_000_000],
    ['2023-11-14T17:43:20-0430', 1_700_000_000_000],
    ['2024-02-29T00:00:00Z', 1_709_164_800_000],
  ])('%s', (text, ms) => {
    expect(dateMs(text)).toBeCloseTo(ms, 3);
  });

  it.each([
    '2023-02-29T00:00:00Z',
    '2023-13-01T00:00:00Z',
    '2023-00-01T00:00:00Z',
    '2023-01-01T24:00:00Z',
    '2023-01-01T00:60:00Z',
    '2023-01-01T00:00:60Z',
    '0070-01-01T00:00:00Z',
    '2023-01-01',
    '14 Nov 2023 22:13:20',
    '2023-11-14T22:13:20Z and more',
    '',
  ])('%j is none', (text) => {
    expect(dateMs(text)).toBeNaN();
  });

  it('are what Date makes of them', () => {
    const date = fc.date({
      min: new Date(0),
      max: new Date('9999-12-31T23:59:59.999Z'),
      noInvalidDate: true,
    });
    fc.assert(
      fc.property(date, (at) => {
        expect(dateMs(at.toISOString())).toBe(at.getTime());
      }),
    );
  });
});

describe('decimal numbers', () => {
  it.each([
    ['0', 0],
    ['12', 12],
    ['0.521', 0.521],
    ['7.5e-05', 7.5e-5],
    ['1E3', 1000],
    [1.5, 1.5],
  ])('%j', (text, number) => {
    expect(decimal(text)).toBe(number);
  });

  it.each([
    '',
    ' 1',
    '1 ',
    '-1',
    '+1',
    '0x10',
    '1_000',
    'NaN',
    'Infinity',
    '1e',
    '.5',
    '1e9999',
    null,
    true,
    {},
    '9'.repeat(50),
  ])('%j is none', (text) => {
    expect(decimal(text)).toBeNaN();
  });
});

it('tells seconds from milliseconds by size where a column may have either', () => {
  expect(inMs(1_700_000_000.5, BY_SIZE)).toBe(1_700_000_000_500);
  expect(inMs(1_700_000_000_500, BY_SIZE)).toBe(1_700_000_000_500);
});
