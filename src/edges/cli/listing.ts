/** Lists that the API gives a page at a time. */
import { Option } from 'commander';
import { type Context, parsed } from './context.ts';
import type { Page } from './wire.ts';

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

/** Show the first page, and say so when there is more. */
export async function showPage<T>(
  { client, screen }: Context,
  path: string,
  describe: (items: readonly T[], width: number | undefined) => string,
): Promise<undefined> {
  const page = await client.get<Page<T>>(path);
  screen.show(page, ({ items }) => (items.length === 0 ? 'none' : describe(items, screen.width)));
  if (page.next !== null && !screen.json) screen.remark('There are more: use --limit.');
}
