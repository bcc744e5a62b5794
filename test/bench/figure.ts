/** One measured figure beside what it is compared with in the same run. */
export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** What it is compared with. */
  readonly baseline: string;
  readonly baselineValue: number;
  /** value / baselineValue */
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

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((x, y) => x - y);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
}
