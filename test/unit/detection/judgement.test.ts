import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { either } from '../../../src/detection/judgement.ts';

const confidence = fc.double({ min: 0, max: 1, noNaN: true });

it.each([
  [[], 0],
  [[0.6], 0.6],
  [[0.5, 0.5], 0.75],
  [[0.5, 0, 0.5], 0.75],
  [[1, 0.2], 1],
])('reasons %j together are worth %f', (confidences, worth) => {
  expect(either(...confidences)).toBeCloseTo(worth, 12);
});

it('another reason never takes from the others, and never makes it more than certain', () => {
  fc.assert(
    fc.property(fc.array(confidence, { maxLength: 8, size: 'max' }), confidence, (confidences, another) => {
      const together = either(...confidences, another);
      expect(together).toBeGreaterThanOrEqual(either(...confidences) - 1e-12);
      expect(together).toBeGreaterThanOrEqual(another - 1e-12);
      expect(together).toBeLessThanOrEqual(1);
    }),
  );
});
