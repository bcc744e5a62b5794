import { describe, expect, it } from 'vitest';
import { type Costs, exponentsOf } from '../../bench/growth/exponent.ts';

/** What a cost of this form is at 1, 10 and 100. */
const costs = (constant: number, power: number): Costs => [
  constant + 1,
  constant + 10 ** power,
  constant + 100 ** power,
];

describe('the exponent of a cost', () => {
  it.each([0.5, 1, 1.5, 2])('is %d by any part of what has no constant part', (power) => {
    const { overall, upper, beyond } = exponentsOf(costs(0, power));
    for (const exponent of [overall, upper, beyond]) expect(exponent).toBeCloseTo(power);
  });

  it('beyond a constant part is that of what grows, however large the constant part is', () => {
    const { overall, upper, beyond } = exponentsOf(costs(50, 1.5));
    expect(beyond).toBeCloseTo(1.5);
    expect(upper).toBeLessThan(1.2);
    expect(overall).toBeLessThan(upper);
  });

  it.each<Costs>([
    [5, 5, 5],
    [5, 4, 7],
    [5, 5.1, 5.5],
  ])('of what does not grow beyond noise is not told: %d, %d, %d', (...measured) => {
    expect(exponentsOf(measured).beyond).toBeUndefined();
  });
});
