import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Draw } from '../../../evaluation/injection/draw.ts';

const many = (draw: Draw, one: (draw: Draw) => number) => Array.from({ length: 20_000 }, () => one(draw));
const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

describe('draws', () => {
  it('are the same for the same seed and differ for another', () => {
    const numbers = (...parts: (string | number)[]) => many(new Draw(...parts), (draw) => draw.uniform(0, 1));
    expect(numbers('scan', 7)).toEqual(numbers('scan', 7));
    expect(numbers('scan', 7)).not.toEqual(numbers('scan', 8));
    expect(numbers('scan', 7)).not.toEqual(numbers('beacon', 7));
  });

  it('stay within their bounds', () => {
    const numbers = fc.tuple(
      fc.integer(),
      fc.double({ min: 1, max: 1e6, noNaN: true }),
      fc.double({ min: 1, max: 1e6, noNaN: true }),
    );
    fc.assert(
      fc.property(numbers, fc.double({ min: 0, max: 1, noNaN: true }), ([seed, x, y], share) => {
        const draw = new Draw(seed);
        const [least, most] = [Math.min(x, y), Math.max(x, y)];
        const slack = most * 1e-9;
        for (const drawn of [draw.uniform(least, most), draw.logUniform(least, most)])
          if (drawn < least - slack || drawn > most + slack) return false;
        return Math.abs(draw.around(x, share) - x) <= share * x + slack && draw.exponential(x) >= 0;
      }),
    );
  });

  it.each<[string, number, (draw: Draw) => number]>([
    ['even ones', 5, (draw) => draw.uniform(0, 10)],
    ['pauses between events at random', 3, (draw) => draw.exponential(3)],
    ['chances', 0.2, (draw) => Number(draw.chance(0.2))],
    ['whole numbers', 4.5, (draw) => draw.below(10)],
    ['choices', 2, (draw) => draw.pick([1, 2, 3])],
  ])('of %s have the mean that they promise', (_, expected, one) => {
    expect(mean(many(new Draw(1), one)) / expected).toBeCloseTo(1, 1);
  });
});
