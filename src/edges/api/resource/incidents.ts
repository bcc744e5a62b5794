import { z } from 'zod';
import type { EngineControl } from '../../../engine/commands.ts';
import { isPolicyCause } from '../../../incident/incident.ts';
import type { LedgerQueries } from '../../../ledger/queries.ts';
import { DETECTORS } from '../../../policy/schema/response.ts';
import { requireRole } from '../authentication.ts';
import { askEngine } from '../engine-answer.ts';
import { RequestError } from '../errors.ts';
import { jsonRoute, NOTHING, type Route } from '../route.ts';
import { closedIncidentSchema, closedView, closing } from '../schema/closing.ts';
import { incidentSchema, incidentState } from '../schema/incident.ts';
import { cutPage, idNumber, pageOf, pageQuery, timeQuery } from '../schema/page.ts';
import { addressText, incidentId } from '../schema/text.ts';

interface Parts {
  engine: EngineControl;
  ledger: LedgerQueries;
}

const params = z.strictObject({ id: incidentId });
const filter = {
  state: incidentState.optional(),
  severity: incidentSchema.shape.severity.optional(),
  detector: z.enum(DETECTORS).optional().meta({ description: 'Its cause, or among its evidence.' }),
  host: addressText.optional(),
  destination: addressText.optional().meta({ description: 'As it was asked for, or as NAT made it.' }),
  ...timeQuery('Seen'),
};

export function incidentRoutes(parts: Parts): Route[] {
  return [...readingRoutes(parts), closeRoute(parts)];
}

function readingRoutes({ ledger }: Parts): Route[] {
  return [
    jsonRoute({
      method: 'get',
      path: '/v1/incidents',
      role: 'viewer',
      summary: 'Incidents, newest first',
      request: { ...NOTHING, query: z.strictObject({ ...pageQuery, ...filter }) },
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
  ];
}

/**
 * Closing says what somebody thinks of the past. A suppression decides what nobody will hear of for weeks, so it takes
 * the role that decides on blocks; where none would be made, the role is not asked for.
 */
function closeRoute({ engine, ledger }: Parts): Route {
  return jsonRoute({
    method: 'post',
    path: '/v1/incidents/{id}/close',
    role: 'operator',
    summary:
      'Close an incident; as false, what its evidence says is not reported for a while (role approver)',
    request: { ...NOTHING, params, body: closing.prefault({}) },
    answer: closedIncidentSchema,
    async handle({ params: { id }, body }, caller) {
      const incident = ledger.incident(id);
      if (body.suppressForMs !== null && incident !== undefined && !isPolicyCause(incident.cause)) {
        requireRole(caller, 'approver', `to suppress what ${id} shows (suppressForMs null: only close it)`);
      }
      return closedView(await askEngine(engine, 'closeIncident', { id, actor: caller.name, ...body }));
    },
  });
}
