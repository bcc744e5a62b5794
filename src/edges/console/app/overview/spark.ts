/** A small curve as SVG paths: values from 0 at the bottom to the highest at the top. */

interface Point {
  readonly value: number;
}

/** `M0 90L10 40...` */
export function sparkLine(points: readonly Point[], width: number, height: number): string {
  const highest = Math.max(1, ...points.map(({ value }) => value));
  const step = width / Math.max(1, points.length - 1);
  // A little below the edge, so that the line is drawn whole.
  const y = (value: number) => round(height - 1 - (value / highest) * (height - 3));
  const places = points.map(({ value }, index) => `${round(index * step)} ${y(value)}`);
  if (places.length === 1) places.push(`${width} ${y(points[0]?.value ?? 0)}`);
  return places.length === 0 ? '' : `M${places.join('L')}`;
}

/** The same, closed below. */
export function sparkArea(points: readonly Point[], width: number, height: number): string {
  const line = sparkLine(points, width, height);
  return line === '' ? '' : `${line}V${height}H0Z`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
