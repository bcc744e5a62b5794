import { z } from 'zod';
import type { LedgerView } from '../ledger-view.ts';
import { jsonRoute, NOTHING, type Route } from '../route.ts';
import { entrySchema, entryTypes, entryView } from '../schema/entry.ts';
import { integerText } from '../schema/text.ts';

const query = z.strictObject({
  after: integerText(0, Number.MAX_SAFE_INTEGER)
    .default(0)
    .meta({ description: 'Only entries with a higher seq: `next` of the page before.' }),
  type: entryTypes.optional(),
  limit: integerText(1, 1_000).default(200),
});

const answer = z.object({
  items: z.array(entrySchema),
  next: z.string().nullable().meta({ description: 'null: there is nothing more yet.' }),
});

/** Entries looked through for one page, so that a rare type does not hold the thread. */
const SCANNED = 5_000;

export function auditRoutes({ ledger }: { ledger: LedgerView }): Route[] {
  return [
    jsonRoute({
      method: 'get',
      path: '/v1/audit',
      role: 'viewer',
      summary: 'Ledger entries, oldest first',
      request: { ...NOTHING, query },
      answer,
      handle: ({ query: filter }) => page(ledger, filter),
    }),
  ];
}

function page(ledger: LedgerView, { after, type, limit }: z.output<typeof query>) {
  const scanned = ledger.entries(after, type === undefined ? limit : SCANNED);
  const items = scanned.filter((entry) => type === undefined || type.has(entry.type)).slice(0, limit);
  const seen = items.length === limit ? items.at(-1) : scanned.at(-1);
  return { items: items.map(entryView), next: seen && seen.seq < ledger.headSeq() ? String(seen.seq) : null };
}
