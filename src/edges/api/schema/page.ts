/** Lists come newest first, a page at a time: `next` of one page is the `before` of the one after it. */
import { z } from 'zod';
import { integerText } from './text.ts';

const MAX_PAGE = 500;

export const pageQuery = {
  limit: integerText(1, MAX_PAGE).default(100).meta({ description: 'How many at most.' }),
  before: integerText(1, Number.MAX_SAFE_INTEGER)
    .optional()
    .meta({ description: '`next` of the page before.' }),
};

export function pageOf<T extends z.ZodType>(item: T) {
  return z.object({
    items: z.array(item),
    next: z.string().nullable().meta({ description: 'null: this is the last page.' }),
  });
}

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
