/** One measured figure beside what it is compared with in the same run. */
export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** What it is compared with. */
  readonly baseline: string;
  readonly baselineValue: number;
  /** value / baselineValue; of {@link pairedFigure} another */
  readonly ratio: number;
}

export function figure(
  name: string,
  value: number,
  unit: string,
  baseline: string,
  baselineValue: number,
): Figure {
  return { name, value, unit, baseline, baselineValue, ratio: value / baselineValue };
}

/** Two values that were measured one right after the other. */
export interface Pair {
  readonly value: number;
  readonly baselineValue: number;
}

/** The ratio is the median of those of the pairs, from which drops out what the machine does in the course of a minute. */
export function pairedFigure(name: string, pairs: readonly Pair[], unit: string, baseline: string): Figure {
  const value = median(pairs.map((pair) => pair.value));
  const baselineValue = median(pairs.map((pair) => pair.baselineValue));
  return { ...figure(name, value, unit, baseline, baselineValue), ratio: median(ratiosOf(pairs)) };
}

export function ratiosOf(pairs: readonly Pair[]): number[] {
  return pairs.map(({ value, baselineValue }) => value / baselineValue);
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((x, y) => x - y);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
}
