/**
 * Columns without borders, fitted to the terminal: first what may shrink is cut with an ellipsis, then whole columns go,
 * the least important first. Nothing wraps, and nothing is cut where the text does not go to a terminal. Cells are made
 * safe here, whatever they hold.
 *
 * Written here, since table libraries (cli-table3, which this replaces) wrap or cut every column alike, know no order of
 * importance, and took a third of the start of a command.
 */
import { type Cell, type Look, shown, textOf } from './look.ts';
import { cut, pad, textWidth, wrapped } from './text-width.ts';

export interface Column {
  readonly head: string;
  /** Goes when there is no room; the highest number first. Without one it stays. */
  readonly drop?: number;
  /** May be cut down to so many columns of the terminal. Without one: the last column only, to NARROWEST. */
  readonly least?: number;
}

const GAP = 2;
const NARROWEST = 20;
/** What is left of a column when even the important ones do not fit. */
const STUMP = 4;

export function table(
  heads: readonly (string | Column)[],
  rows: readonly (readonly Cell[])[],
  look: Look,
): string {
  const columns = heads.map((each, i) => columnOf(each, i === heads.length - 1));
  const natural = columns.map(({ head }, i) =>
    Math.max(textWidth(head), ...rows.map((row) => textWidth(textOf(row[i] ?? '')))),
  );
  const places =
    look.width === undefined ? natural.entries().toArray() : fitted(columns, natural, look.width);
  const line = (cells: readonly Cell[]) =>
    places
      .map(([column, width], i) =>
        filled(cells[column] ?? '', i === places.length - 1 ? null : width, width, look),
      )
      .join(' '.repeat(GAP))
      .trimEnd();
  const titles = columns.map(({ head }) => ({ text: head.toUpperCase(), style: 'bold' as const }));
  return [titles, ...rows].map(line).join('\n');
}

function columnOf(column: string | Column, isLast: boolean): Column {
  const whole = typeof column === 'string' ? { head: column } : column;
  return isLast ? { least: NARROWEST, ...whole } : whole;
}

/** `padTo` null: the last cell of a line, which nothing follows. */
function filled(cell: Cell, padTo: number | null, width: number, look: Look): string {
  const text = cut(textOf(cell), width);
  const padding = padTo === null ? '' : pad(text, padTo).slice(text.length);
  return shown(typeof cell === 'string' ? text : { ...cell, text }, look) + padding;
}

/** Which columns are shown, and how wide. */
function fitted(columns: readonly Column[], natural: readonly number[], width: number): [number, number][] {
  const order = columns
    .map(({ drop = 0 }, i) => ({ drop, i }))
    .filter(({ drop }) => drop > 0)
    .toSorted((one, other) => other.drop - one.drop);
  for (let dropped = 0; ; dropped++) {
    const gone = new Set(order.slice(0, dropped).map(({ i }) => i));
    const kept = natural
      .entries()
      .filter(([i]) => !gone.has(i))
      .toArray();
    const room = width - GAP * (kept.length - 1);
    const shrunk = shrink(kept, room, (i) => columns[i]?.least);
    if (shrunk !== undefined) return shrunk;
    if (dropped === order.length) return shrink(kept, room, () => STUMP) ?? kept.map(([i]) => [i, STUMP]);
  }
}

/** The widest that may shrink give way first; undefined when that is not enough. */
function shrink(
  places: readonly [number, number][],
  room: number,
  leastOf: (column: number) => number | undefined,
): [number, number][] | undefined {
  const widths = new Map(places);
  let over = places.reduce((sum, [, width]) => sum + width, 0) - room;
  while (over > 0) {
    const able = [...widths].filter(([i, width]) => width > (leastOf(i) ?? width));
    const widest = able.toSorted((one, other) => other[1] - one[1])[0];
    if (widest === undefined) return undefined;
    const next = Math.max(0, ...able.filter(([i]) => i !== widest[0]).map(([, width]) => width));
    const least = leastOf(widest[0]) ?? 0;
    const by = Math.min(over, Math.max(1, widest[1] - Math.max(next, least)), widest[1] - least);
    widths.set(widest[0], widest[1] - by);
    over -= by;
  }
  return [...widths];
}

/** `name  value` lines; on a terminal long values go on below themselves. */
export function facts(pairs: readonly (readonly [string, Cell])[], look: Look): string {
  const indent = Math.max(...pairs.map(([name]) => name.length)) + GAP;
  const room = look.width === undefined ? undefined : look.width - indent;
  return pairs
    .map(([name, value]) => {
      const lines = room === undefined || room < NARROWEST ? [textOf(value)] : wrapped(textOf(value), room);
      const painted = lines.map((text) => shown(typeof value === 'string' ? text : { ...value, text }, look));
      return `${name.padEnd(indent)}${painted.join(`\n${' '.repeat(indent)}`)}`.trimEnd();
    })
    .join('\n');
}
