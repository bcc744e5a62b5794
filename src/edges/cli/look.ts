/** How text for a person is to look: where it goes, and what time it is there. */
import { styleText } from 'node:util';
import { plain } from './plain-text.ts';
import type { Output, Surroundings } from './surroundings.ts';

export interface Look {
  /** Columns of the terminal; undefined when the text goes elsewhere, where nothing is cut. */
  readonly width: number | undefined;
  readonly colours: boolean;
  readonly nowMs: number;
}

export type Style = Parameters<typeof styleText>[0];

/** Text with a colour, which it has where there are colours. */
export interface Painted {
  readonly text: string;
  readonly style: Style;
}

export type Cell = string | Painted;

/** Without a terminal: for files and pipes. */
export const PLAIN: Look = { width: undefined, colours: false, nowMs: 0 };

export function lookOf(out: Output, { env, now }: Surroundings, colour?: boolean): Look {
  const width = out.isTTY ? out.columns : undefined;
  return { width, colours: colour ?? hasColours(out, env), nowMs: now() };
}

/** no-color.org; FORCE_COLOR as in Node.js, where 0 and false mean none. */
function hasColours({ isTTY = false }: Output, env: Surroundings['env']): boolean {
  if (env.NO_COLOR) return false;
  if (env.FORCE_COLOR !== undefined) return !['0', 'false'].includes(env.FORCE_COLOR);
  return isTTY && env.TERM !== 'dumb';
}

/** One safe line, painted where there are colours. */
export function shown(cell: Cell, { colours }: Pick<Look, 'colours'>): string {
  const text = textOf(cell);
  if (typeof cell === 'string' || !colours || text === '') return text;
  return styleText(cell.style, text, { validateStream: false });
}

/** One safe line without its colour. */
export function textOf(cell: Cell): string {
  return plain(typeof cell === 'string' ? cell : cell.text);
}

const STYLES: Readonly<Record<string, Style>> = {
  ...{ critical: ['bold', 'red'], high: 'red', medium: 'yellow', low: 'blue' },
  ...{ open: 'yellow', closed: 'dim' },
  ...{ pending: 'yellow', provisional: 'yellow', active: 'green' },
  ...{ rejected: 'dim', lapsed: 'dim', expired: 'dim', revoked: 'dim', ended: 'dim' },
  ...{ allow: 'green', deny: 'red', exempt: 'cyan' },
  ...{ ok: 'green', warn: 'yellow', fail: ['bold', 'red'] },
  ...{ warming: 'yellow', ready: 'green', off: 'dim', slowed: 'yellow' },
  ...{ UNUSED: 'yellow', EXPIRED: 'red' },
  ...{ idle: 'dim', delivering: 'green', waiting: 'yellow', failing: ['bold', 'red'] },
};

/** A severity, state, verdict or outcome in its colour; other words as they are. */
export function painted(word: string): Cell {
  const style = Object.hasOwn(STYLES, word) ? STYLES[word] : undefined;
  return style === undefined ? word : { text: word, style };
}

/** Something that is not as it should be. */
export function alarming(text: string): Painted {
  return { text, style: ['bold', 'red'] };
}
