/** Lists that the API gives a page at a time. */
import { Option } from 'commander';
import { parsed } from './action.ts';
import { answered } from './client.ts';
import type { Context } from './context.ts';
import type { Look } from './look.ts';

/** The API's own limit for one page. */
const MOST = 500;

export function limitOption(): Option {
  return new Option('--limit <count>', `show at most this many, up to ${MOST}`)
    .argParser(parsed(wholeNumber))
    .default(100);
}

export function wholeNumber(text: string): number {
  if (!/^[0-9]{1,15}$/.test(text)) throw new Error(`'${text}' is no whole number`);
  return Number(text);
}

interface Page<T> {
  readonly items: readonly T[];
  readonly next: string | null;
}

/** Show the first page, and say so when there is more. */
export async function showPage<T>(
  { screen }: Context,
  asked: Promise<{ data?: Page<T>; error?: unknown; response: Response }>,
  describe: (items: readonly T[], look: Look) => string,
): Promise<undefined> {
  const page = await answered(asked);
  screen.show(page, ({ items }, look) => (items.length === 0 ? 'none' : describe(items, look)));
  if (page.next !== null && !screen.json) screen.remark('There are more: use --limit.');
}
