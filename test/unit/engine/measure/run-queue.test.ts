import { expect, it } from 'vitest';
import { isCrowded } from '../../../../src/engine/measure/run-queue.ts';

it.each<[string, string, number, boolean]>([
  ['this thread alone', '0.20 0.18 0.12 1/412 11206\n', 1, false],
  ['one more than processors', '0.20 0.18 0.12 2/412 11206\n', 1, true],
  ['as many as processors', '9.20 0.18 0.12 4/412 11206\n', 4, false],
  ['many', '0.00 0.00 0.00 17/412 11206\n', 4, true],
  ['nobody knows how many', '', 4, true],
])('%s', (_, text, processors, crowded) => {
  expect(isCrowded(() => text, processors)).toBe(crowded);
});

it('where it cannot be read somebody waits', () => {
  const fail = () => {
    throw new Error('EACCES');
  };
  expect(isCrowded(fail, 4)).toBe(true);
});

it('this machine can be asked', () => {
  expect([isCrowded(undefined, 0), isCrowded(undefined, 1_000_000)]).toEqual([true, false]);
});
