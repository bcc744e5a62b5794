import { z } from 'zod';
import type { EngineControl } from '../../../engine/commands.ts';
import type { LedgerQueries } from '../../../ledger/queries.ts';
import { askEngine } from '../engine-answer.ts';
import { RequestError } from '../errors.ts';
import { jsonRoute, NOTHING, type Route } from '../route.ts';
import { incidentSchema, incidentState } from '../schema/incident.ts';
import { cutPage, idNumber, pageOf, pageQuery } from '../schema/page.ts';
import { incidentId, reason } from '../schema/text.ts';

const params = z.strictObject({ id: incidentId });

export function incidentRoutes({
  engine,
  ledger,
}: {
  engine: EngineControl;
  ledger: LedgerQueries;
}): Route[] {
  return [
    jsonRoute({
      method: 'get',
      path: '/v1/incidents',
      role: 'viewer',
      summary: 'Incidents, newest first',
      request: { ...NOTHING, query: z.strictObject({ ...pageQuery, state: incidentState.optional() }) },
      answer: pageOf(incidentSchema),
      handle: ({ query: { limit, ...rest } }) =>
        cutPage(ledger.incidents({ ...rest, limit: limit + 1 }), limit, idNumber),
    }),
    jsonRoute({
      method: 'get',
      path: '/v1/incidents/{id}',
      role: 'viewer',
      summary: 'One incident',
      request: { ...NOTHING, params },
      answer: incidentSchema,
      handle({ params: { id } }) {
        const incident = ledger.incident(id);
        if (!incident) throw new RequestError('not-found', `there is no incident ${id}`);
        return incident;
      },
    }),
    jsonRoute({
      method: 'post',
      path: '/v1/incidents/{id}/close',
      role: 'operator',
      summary: 'Close an incident; what comes after opens a new one',
      request: { ...NOTHING, params, body: z.strictObject({ reason }).prefault({}) },
      answer: incidentSchema,
      handle: ({ params: { id }, body }, { name }) =>
        askEngine(engine, 'closeIncident', { id, actor: name, reason: body.reason }),
    }),
  ];
}
