/**
 * How a cost grows, from what it is at three sizes, each ten times the one before. 1 is linear, 0 costs the same at any
 * size. A cost may have a constant part, which hides growth at the small end:
 *
 *   cost = constant + factor * size^p
 */
export interface Exponents {
  /** Straight line through all three in logarithms: constant part and all. */
  readonly overall: number;
  /** From the middle to the large size: there the constant part counts least. */
  readonly upper: number;
  /**
   * p itself: the constant part falls out of the differences. Undefined when the cost as good as does not grow, for then
   * the differences are noise.
   */
  readonly beyond: number | undefined;
}

export type Costs = readonly [small: number, middle: number, large: number];

/** From the middle to the large size; what grows less is told apart from noise by no three measurements. */
const GROWS = 1.5;

export function exponentsOf([small, middle, large]: Costs): Exponents {
  const grows = large >= GROWS * middle && middle > small;
  return {
    overall: Math.log10(large / small) / 2,
    upper: Math.log10(large / middle),
    beyond: grows ? Math.log10((large - middle) / (middle - small)) : undefined,
  };
}
