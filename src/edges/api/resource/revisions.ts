import { z } from 'zod';
import type { EngineControl, RollbackResult } from '../../../engine/commands.ts';
import type { LedgerQueries } from '../../../ledger/queries.ts';
import { askEngine } from '../engine-answer.ts';
import { RequestError } from '../errors.ts';
import { jsonRoute, NOTHING, type Route } from '../route.ts';
import { cutPage, pageOf, pageQuery } from '../schema/page.ts';
import { revisionSchema } from '../schema/revision.ts';
import { reason, revisionText } from '../schema/text.ts';

interface Parts {
  engine: EngineControl;
  ledger: LedgerQueries;
}

const rollbackResult = z.object({
  revision: z.number(),
  restoredFrom: z.number(),
  policyChanged: z.boolean(),
  lifted: z.array(z.string()),
  reinstated: z.array(z.string()),
  expired: z.array(z.string()),
}) satisfies z.ZodType<RollbackResult>;

export function revisionRoutes({ engine, ledger }: Parts): Route[] {
  return [
    jsonRoute({
      method: 'get',
      path: '/v1/revisions',
      role: 'viewer',
      summary: 'Revisions, newest first',
      request: { ...NOTHING, query: z.strictObject(pageQuery) },
      answer: pageOf(revisionSchema),
      handle: ({ query: { limit, ...rest } }) =>
        cutPage(ledger.revisions({ ...rest, limit: limit + 1 }), limit, ({ number }) => number),
    }),
    jsonRoute({
      method: 'get',
      path: '/v1/revisions/{number}',
      role: 'viewer',
      summary: 'One revision',
      request: { ...NOTHING, params: z.strictObject({ number: revisionText }) },
      answer: revisionSchema,
      handle({ params: { number } }) {
        const revision = ledger.revision(number);
        if (!revision) throw new RequestError('not-found', `there is no revision ${number}`);
        return revision;
      },
    }),
    jsonRoute({
      method: 'post',
      path: '/v1/rollback',
      role: 'admin',
      summary: 'Make policy and standing decisions those of a revision; this is a new revision',
      request: { ...NOTHING, body: z.strictObject({ to: z.int().positive(), reason }) },
      answer: rollbackResult,
      handle: ({ body }, { name: actor }) => askEngine(engine, 'rollback', { ...body, actor }),
    }),
  ];
}
