/** Spans on a time line, each in the first lane in which it overlaps no other. */

export interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

export interface Placed<T extends Span> {
  readonly span: T;
  /** From 0. */
  readonly lane: number;
  /** Per cent of the line. */
  readonly left: number;
  readonly width: number;
}

/**
 * What lies in the window, oldest first, cut to it. Each takes `leastWidth` per cent at least, so that it can be seen
 * and hit; what finds no lane is left out and counted.
 */
export function placeInLanes<T extends Span>(
  spans: readonly T[],
  { fromMs, toMs }: Span,
  { leastWidth = 1.2, lanes = 6 } = {},
): { placed: Placed<T>[]; lanes: number; left: number } {
  const ends: number[] = [];
  const placed: Placed<T>[] = [];
  const share = (atMs: number) => ((atMs - fromMs) / (toMs - fromMs)) * 100;
  const shown = spans.filter((span) => span.toMs >= fromMs && span.fromMs <= toMs);
  for (const span of shown.toSorted((one, other) => one.fromMs - other.fromMs)) {
    const from = Math.max(0, share(span.fromMs));
    const width = Math.max(leastWidth, Math.min(100, share(span.toMs)) - from);
    const left = Math.min(from, 100 - width);
    const free = ends.findIndex((end) => end <= left);
    const lane = free === -1 ? ends.length : free;
    if (lane >= lanes) continue;
    ends[lane] = left + width;
    placed.push({ span, lane, left, width });
  }
  return { placed, lanes: ends.length, left: shown.length - placed.length };
}
