/** What judgements have in common: how sure they are, in which order, and that their sentences hold the numbers. */
import { expect } from 'vitest';
import type { Judgement } from '../../../src/detection/judgement.ts';

/** How sure each is; all must say something. */
export function confidences(judgements: readonly (Judgement | undefined)[]): number[] {
  return judgements.map((judgement, i) => {
    if (judgement === undefined) throw new Error(`the case at ${i} says nothing`);
    expect(judgement.confidence).toBeGreaterThan(0);
    expect(judgement.confidence).toBeLessThan(1);
    return judgement.confidence;
  });
}

/** Each says something, and none is less sure than the one before it; the last is surer than the first. */
export function expectSurer(judgements: readonly (Judgement | undefined)[]): void {
  const sure = confidences(judgements);
  expect(sure).toEqual(sure.toSorted((x, y) => x - y));
  expect(sure.at(-1)).toBeGreaterThan(sure[0]);
}

/** Two whole sentences, without a hole, that hold what is given. */
export function expectWords(judgement: Judgement | undefined, words: readonly (string | number)[]): void {
  const text = `${judgement?.happened} ${judgement?.normal}`;
  for (const word of words) expect(text).toContain(String(word));
  expect(text).not.toMatch(/undefined|NaN|Infinity|null|\[object/);
  expect(judgement?.happened).toMatch(/^[A-Z].*\.$/s);
  expect(judgement?.normal).toMatch(/^[A-Z].*\.$/s);
}
