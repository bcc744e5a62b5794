/** Columns without borders, fitted to the terminal. Cells are made safe here, whatever they hold. */
import Table from 'cli-table3';
import { plain } from './plain-text.ts';

const NO_BORDERS = {
  ...{ top: '', 'top-mid': '', 'top-left': '', 'top-right': '' },
  ...{ bottom: '', 'bottom-mid': '', 'bottom-left': '', 'bottom-right': '' },
  ...{ left: '', 'left-mid': '', mid: '', 'mid-mid': '', right: '', 'right-mid': '', middle: '' },
};
const GAP = 2;
const NARROWEST = 20;

/** `width` is the terminal's, where the last column gives way; undefined (not a terminal) wraps nothing. */
export function table(
  heads: readonly string[],
  rows: readonly (readonly string[])[],
  width: number | undefined,
): string {
  const cells = [heads.map((head) => head.toUpperCase()), ...rows.map((row) => row.map(plain))];
  const made = new Table({
    chars: NO_BORDERS,
    style: { 'padding-left': 0, 'padding-right': GAP, head: [], border: [] },
    colWidths: lastWidth(cells, width),
    wordWrap: true,
    wrapOnWordBoundary: false,
  });
  made.push(...cells);
  return trimLines(made.toString());
}

/** Widths by column; null: as wide as its cells. */
function lastWidth(cells: readonly string[][], width: number | undefined): (number | null)[] {
  const columns = cells[0]?.length ?? 0;
  const widest = (column: number) => Math.max(...cells.map((row) => row[column]?.length ?? 0)) + GAP;
  const widths = Array.from({ length: columns }, (_, column) => widest(column));
  const others = widths.slice(0, -1).reduce((sum, each) => sum + each, 0);
  const room = Math.max(NARROWEST, (width ?? Number.POSITIVE_INFINITY) - others);
  const fits = (widths.at(-1) ?? 0) <= room;
  return widths.map((_, column) => (column === columns - 1 && !fits ? room : null));
}

/** `name  value` lines. */
export function facts(pairs: readonly (readonly [string, string])[]): string {
  const width = Math.max(...pairs.map(([name]) => name.length)) + GAP;
  return pairs.map(([name, value]) => `${name.padEnd(width)}${plain(value)}`).join('\n');
}

function trimLines(text: string): string {
  return text
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');
}
