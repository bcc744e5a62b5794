import { z } from 'zod';
import type { EngineControl } from '../../../engine/commands.ts';
import type { NameFilter, NameListing } from '../../../engine/name-listing.ts';
import { askEngine } from '../engine-answer.ts';
import { pagesOf } from '../engine-pages.ts';
import { jsonRoute, NOTHING, type Route } from '../route.ts';
import { nameListingSchema } from '../schema/name.ts';
import { cursorAfter } from '../schema/page.ts';
import { integerText } from '../schema/text.ts';

const AT_A_TIME = 100;

const query = z.strictObject({
  name: z.string().max(253).toLowerCase().optional().meta({ example: 'mirror.example.org' }),
  ...cursorAfter(z.string().max(253)),
  limit: integerText(1, 1_000).default(100),
});

export function nameRoutes({ engine }: { engine: EngineControl }): Route[] {
  return [
    jsonRoute({
      method: 'get',
      path: '/v1/names',
      role: 'viewer',
      summary: 'Names that rules allow and resolvers have answered, with their addresses',
      request: { ...NOTHING, query },
      answer: nameListingSchema,
      handle: ({ query: { name = null, ...rest } }, _caller, _conditions, closed) =>
        listed(engine, { name, ...rest }, closed),
    }),
  ];
}

async function listed(engine: EngineControl, filter: NameFilter, closed: AbortSignal): Promise<NameListing> {
  const ask = (part: Pick<NameFilter, 'limit' | 'after'>) =>
    askEngine(engine, 'names', { ...filter, ...part }, closed);
  const pages = await pagesOf(filter, AT_A_TIME, ask, ({ names }) => names.length);
  return { ...(pages.at(-1) ?? pages[0]), names: pages.flatMap((page) => page.names) };
}
