/** How bytes lie on the upright axis, and where it is marked: by powers of two, as they are written. */
import { median } from 'simple-statistics';

export interface ValueScale {
  readonly place: (value: number) => number;
  readonly valueAt: (place: number) => number;
  /** Values to mark up to `most`, ascending. @param room how many there is room for */
  readonly marks: (most: number, room: number) => number[];
}

export const LINEAR: ValueScale = {
  place: (value) => value,
  valueAt: (place) => place,
  marks(most, room) {
    const step = 2 ** Math.max(0, Math.ceil(Math.log2(Math.max(1, most) / Math.max(1, room))));
    return Array.from({ length: Math.floor(most / step) + 1 }, (_, i) => i * step);
  },
};

/** Below this it is nearly linear, so that 0 has a place. */
const BASE = 1_024;
const STEP = 32;

/** What is usual can be seen beside what is a thousand times as much. */
export const LOGARITHMIC: ValueScale = {
  place: (value) => Math.log2(1 + value / BASE),
  valueAt: (place) => (2 ** place - 1) * BASE,
  marks(most) {
    const marks = [0];
    for (let value = BASE * STEP; value <= most; value *= STEP) marks.push(value);
    return marks;
  },
};

/** What lies so many times above what is usual makes it a line on the ground. */
const FLATTENING = 16;

/** Whether a band would hardly be seen on a linear scale. */
export function isFlattened(points: readonly { value: number; high: number | null }[]): boolean {
  const usual = points.flatMap(({ high }) => (high === null ? [] : [high]));
  if (usual.length === 0) return false;
  const most = points.reduce((highest, { value }) => Math.max(highest, value), 0);
  return most > median(usual) * FLATTENING;
}
