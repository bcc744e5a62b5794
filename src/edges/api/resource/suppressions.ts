import { z } from 'zod';
import type { EngineControl } from '../../../engine/commands.ts';
import type { Suppression } from '../../../incident/suppression.ts';
import type { LedgerQueries } from '../../../ledger/queries.ts';
import { askEngine } from '../engine-answer.ts';
import { RequestError } from '../errors.ts';
import { jsonRoute, NOTHING, type Route } from '../route.ts';
import { cutPage, idNumber, pageOf, pageQuery } from '../schema/page.ts';
import { countedSuppressionSchema, suppressionFilter, suppressionSchema } from '../schema/suppression.ts';
import { addressText, reason, suppressionId } from '../schema/text.ts';

interface Parts {
  engine: EngineControl;
  ledger: LedgerQueries;
}

const params = z.strictObject({ id: suppressionId });
const filter = {
  state: suppressionFilter.optional(),
  host: addressText.optional(),
  detector: suppressionSchema.shape.detector.optional(),
};

export function suppressionRoutes(parts: Parts): Route[] {
  return [...readingRoutes(parts), revokeRoute(parts)];
}

function readingRoutes({ engine, ledger }: Parts): Route[] {
  return [
    jsonRoute({
      method: 'get',
      path: '/v1/suppressions',
      role: 'viewer',
      summary: 'Suppressions, newest first',
      request: { ...NOTHING, query: z.strictObject({ ...pageQuery, ...filter }) },
      answer: pageOf(countedSuppressionSchema),
      async handle({ query: { limit, ...rest } }) {
        const page = cutPage(ledger.suppressions({ ...rest, limit: limit + 1 }), limit, idNumber);
        return { ...page, items: await counted(engine, page.items) };
      },
    }),
    jsonRoute({
      method: 'get',
      path: '/v1/suppressions/{id}',
      role: 'viewer',
      summary: 'One suppression',
      request: { ...NOTHING, params },
      answer: countedSuppressionSchema,
      async handle({ params: { id } }) {
        const suppression = ledger.suppression(id);
        if (!suppression) throw new RequestError('not-found', `there is no suppression ${id}`);
        const [one] = await counted(engine, [suppression]);
        return one;
      },
    }),
  ];
}

/** To see more is less of a risk than to see less: whoever may close an incident may revoke. */
function revokeRoute({ engine }: Parts): Route {
  return jsonRoute({
    method: 'post',
    path: '/v1/suppressions/{id}/revoke',
    role: 'operator',
    summary: 'End a suppression at once; what it silenced is reported again',
    request: { ...NOTHING, params, body: z.strictObject({ reason }).prefault({}) },
    answer: suppressionSchema,
    handle: ({ params: { id }, body }, { name }) =>
      askEngine(engine, 'revokeSuppression', { id, actor: name, reason: body.reason }),
  });
}

async function counted(engine: EngineControl, suppressions: readonly Suppression[]) {
  const active = suppressions.filter(({ state }) => state === 'active').map(({ id }) => id);
  const hits = active.length === 0 ? {} : await askEngine(engine, 'suppressionHits', { ids: active });
  return suppressions.map((one) => ({ ...one, hits: hits[one.id] ?? null }));
}
