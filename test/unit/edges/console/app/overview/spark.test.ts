import { expect, it } from 'vitest';
import { sparkArea, sparkLine } from '../../../../../../src/edges/console/app/overview/spark.ts';

const points = (...values: number[]) => values.map((value) => ({ value }));

it('draws from left to right, the highest at the top', () => {
  expect(sparkLine(points(0, 50, 100), 100, 53)).toBe('M0 52L50 27L100 2');
  expect(sparkArea(points(0, 100), 100, 53)).toBe('M0 52L100 2V53H0Z');
});

it('draws a line for one value, along the bottom for none sent, and nothing for none', () => {
  expect(sparkLine(points(5), 100, 53)).toBe('M0 2L100 2');
  expect(sparkLine(points(0, 0), 100, 53)).toBe('M0 52L100 52');
  expect(sparkArea([], 100, 53)).toBe('');
});
