/**
 * Lists come a page at a time. `next` of one page, null in the last, is what the one after it is asked for with:
 *
 *   of what is numbered, newest first   before=NEXT   incidents, decisions, suppressions, revisions, entries
 *   of what only stands just now        after=NEXT    flows, hosts, names, tokens; and entries, oldest first
 *
 * The header Link (RFC 8288) has the whole address of the next page, so that nobody needs to know which it is.
 */
import { z } from 'zod';
import { integerText } from './text.ts';

const MAX_PAGE = 500;

export const pageQuery = {
  limit: integerText(1, MAX_PAGE).default(100).meta({ description: 'How many at most.' }),
  before: integerText(1, Number.MAX_SAFE_INTEGER)
    .optional()
    .meta({ description: '`next` of the page before.' }),
};

const anyTime = integerText(0, Number.MAX_SAFE_INTEGER);

/** `of` says what of a thing lies in that time. */
export function timeQuery(of: string) {
  return {
    sinceMs: anyTime.optional().meta({ description: `${of} not before this time, ms since the epoch.` }),
    untilMs: anyTime.optional().meta({ description: `${of} before this time.` }),
  };
}

export function pageOf<T extends z.ZodType>(item: T) {
  return z.object({
    items: z.array(item),
    next: z.string().nullable().meta({ description: 'null: this is the last page.' }),
  });
}

export const nextPlace = z
  .string()
  .nullable()
  .meta({ description: 'The `after` of the page after this; null: this is the last.' });

/** `form` is what a place of that list looks like. */
export function cursorAfter<T extends z.ZodType>(form: T) {
  return { after: form.optional().meta({ description: '`next` of the page before.' }) };
}

const NUMBER = '[0-9]{1,16}(\\.[0-9]{1,20})?(e-[0-9]{1,3})?';
export const flowPlace = z
  .string()
  .regex(new RegExp(`^${NUMBER}_[0-9]{1,10}$`), 'must be `next` of a page of flows');
export const hostPlace = z
  .string()
  .regex(new RegExp(`^${NUMBER}_[0-9a-f.:]{2,45}$`), 'must be `next` of a page of hosts');

/** One more than asked for was read, to learn whether there is a next page. */
export function cutPage<T>(items: readonly T[], limit: number, numberOf: (item: T) => number) {
  const shown = items.slice(0, limit);
  const last = shown.at(-1);
  const more = items.length > limit && last !== undefined;
  return { items: shown, next: more ? String(numberOf(last)) : null };
}

/** The number in an id such as `I42`. */
export function idNumber({ id }: { readonly id: string }): number {
  return Number(id.slice(1));
}
