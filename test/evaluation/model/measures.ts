/** How well scores part malicious windows from benign ones. */
export interface Scored {
  readonly score: number;
  readonly malicious: boolean;
}

/** Chance that a malicious window scores higher than a benign one; NaN when one kind is missing. */
export function rocAuc(windows: readonly Scored[]): number {
  const malicious = windows.filter((window) => window.malicious);
  const benign = windows.filter((window) => !window.malicious);
  let won = 0;
  for (const { score } of malicious)
    for (const other of benign) won += score > other.score ? 1 : score === other.score ? 0.5 : 0;
  return won / (malicious.length * benign.length);
}

/**
 * Share of malicious windows in the top 1 % of all, of those that could be there; NaN when there is none to find.
 * Windows of the same score share the last places.
 */
export function precisionAtTop(windows: readonly Scored[]): number {
  const places = Math.ceil(windows.length / 100);
  const lowest = windows.map(({ score }) => score).toSorted((one, other) => other - one)[places - 1];
  const above = windows.filter(({ score }) => score > lowest);
  const level = windows.filter(({ score }) => score === lowest);
  const found = count(above) + (count(level) * (places - above.length)) / level.length;
  return found / Math.min(places, count(windows));
}

function count(windows: readonly Scored[]): number {
  return windows.filter(({ malicious }) => malicious).length;
}

export function mean(values: readonly number[]): number {
  const known = values.filter((value) => !Number.isNaN(value));
  return known.reduce((sum, value) => sum + value, 0) / known.length;
}
