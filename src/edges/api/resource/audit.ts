import { z } from 'zod';
import type { LedgerQueries } from '../../../ledger/queries.ts';
import { jsonRoute, NOTHING, type Route } from '../route.ts';
import { entrySchema, entryType, entryView } from '../schema/entry.ts';
import { cutPage, pageOf, timeQuery } from '../schema/page.ts';
import { actorName, integerText } from '../schema/text.ts';

const number = integerText(0, Number.MAX_SAFE_INTEGER);

const query = z.strictObject({
  order: z.enum(['oldest', 'newest']).default('oldest').meta({ description: 'What comes first.' }),
  after: number.optional().meta({ description: 'Only entries with a higher seq: `next`, oldest first.' }),
  before: number.optional().meta({ description: 'Only entries with a lower seq: `next`, newest first.' }),
  type: entryType.optional(),
  subject: z
    .string()
    .max(128)
    .optional()
    .meta({ description: 'Id of an incident or decision, number of a revision, a name.' }),
  actor: actorName.optional().meta({ description: 'Who did it.' }),
  ...timeQuery('Written'),
  limit: integerText(1, 1_000).default(200),
});

export function auditRoutes({ ledger }: { ledger: LedgerQueries }): Route[] {
  return [
    jsonRoute({
      method: 'get',
      path: '/v1/audit',
      role: 'viewer',
      summary: 'Ledger entries',
      request: { ...NOTHING, query },
      answer: pageOf(entrySchema),
      handle({ query: filter }) {
        const found = ledger.entries({ ...filter, limit: filter.limit + 1 });
        const { items, next } = cutPage(found, filter.limit, ({ seq }) => seq);
        return { items: items.map(entryView), next };
      },
    }),
  ];
}
