/** Numbers of alerts as ranges, ascending and apart: thousands in a row take one. */
export type Range = readonly [first: number, last: number];

/** More are joined to wider ones, which then span numbers of others too: none of their own is ever missing. */
export const MAX_RANGES = 2_000;

/** All that are in one or the other, in at most MAX_RANGES. */
export function merged(some: readonly Range[], others: readonly Range[]): Range[] {
  const result: [number, number][] = [];
  for (const [first, last] of [...some, ...others].toSorted(([a], [b]) => a - b)) {
    const end = result.at(-1);
    if (end !== undefined && first <= end[1] + 1) end[1] = Math.max(end[1], last);
    else result.push([first, last]);
  }
  return result.length <= MAX_RANGES ? result : joined(result);
}

/** Adds a number in place; cheap for one higher than all before it. */
export function add(ranges: Range[], number: number): void {
  const last = ranges.at(-1);
  if (last !== undefined && number === last[1] + 1) ranges[ranges.length - 1] = [last[0], number];
  else if (ranges.length >= MAX_RANGES || (last !== undefined && number <= last[1])) {
    ranges.splice(0, ranges.length, ...merged(ranges, [[number, number]]));
  } else ranges.push([number, number]);
}

/** `41, 43-45`; beyond `limit` ranges only up to where the others go. */
export function numbers(ranges: readonly Range[], limit = 20): string {
  const shown = ranges
    .slice(0, limit)
    .map(([first, last]) => (first === last ? `${first}` : `${first}-${last}`));
  const rest = ranges.slice(limit);
  return shown.join(', ') + (rest.length > 0 ? ` and others up to ${rest.at(-1)?.[1]}` : '');
}

/** Two neighbours each become one. */
function joined(ranges: readonly Range[]): Range[] {
  return ranges
    .filter((_, at) => at % 2 === 0)
    .map(([first], at) => [first, (ranges[2 * at + 1] ?? ranges[2 * at])[1]]);
}
