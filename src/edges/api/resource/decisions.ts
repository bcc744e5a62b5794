import { z } from 'zod';
import type { EngineControl, Undone } from '../../../engine/commands.ts';
import type { LedgerQueries } from '../../../ledger/queries.ts';
import { DETECTORS } from '../../../policy/schema/response.ts';
import { askEngine } from '../engine-answer.ts';
import { RequestError } from '../errors.ts';
import type { Role } from '../role.ts';
import { jsonRoute, NOTHING, type Route } from '../route.ts';
import { decisionSchema, decisionState } from '../schema/decision.ts';
import { manualDecision } from '../schema/manual-decision.ts';
import { cutPage, idNumber, pageOf, pageQuery, timeQuery } from '../schema/page.ts';
import {
  actorName,
  addressOrPrefix,
  addressText,
  decisionId,
  force,
  incidentId,
  reason,
} from '../schema/text.ts';

interface Parts {
  engine: EngineControl;
  ledger: LedgerQueries;
}

const params = z.strictObject({ id: decisionId });
const filter = {
  state: decisionState.optional(),
  incident: incidentId.optional(),
  action: decisionSchema.shape.action.optional(),
  origin: z.enum(['automatic', 'manual']).optional(),
  detector: z.enum(DETECTORS).optional().meta({ description: 'Of an automatic one.' }),
  host: addressText.optional(),
  destination: addressOrPrefix.optional().meta({
    description: "An address of a flow's target, or a whole prefix such as 203.0.113.0/24.",
  }),
  actor: actorName.optional().meta({ description: 'Who asked for it or answered.' }),
  ...timeQuery('Made'),
};

export function decisionRoutes(parts: Parts): Route[] {
  return [
    ...readingRoutes(parts),
    enactRoute(parts),
    approveRoute(parts),
    answerRoute(parts, 'reject', 'approver', 'Refuse a pending block, or lift a provisional one at once'),
    answerRoute(parts, 'revoke', 'operator', 'Lift a standing block at once'),
    undoRoute(parts),
  ];
}

function readingRoutes({ ledger }: Parts): Route[] {
  return [
    jsonRoute({
      method: 'get',
      path: '/v1/decisions',
      role: 'viewer',
      summary: 'Decisions, newest first',
      request: { ...NOTHING, query: z.strictObject({ ...pageQuery, ...filter }) },
      answer: pageOf(decisionSchema),
      handle: ({ query: { limit, ...rest } }) =>
        cutPage(ledger.decisions({ ...rest, limit: limit + 1 }), limit, idNumber),
    }),
    jsonRoute({
      method: 'get',
      path: '/v1/decisions/{id}',
      role: 'viewer',
      summary: 'One decision',
      request: { ...NOTHING, params },
      answer: decisionSchema,
      handle({ params: { id } }) {
        const decision = ledger.decision(id);
        if (!decision) throw new RequestError('not-found', `there is no decision ${id}`);
        return decision;
      },
    }),
  ];
}

function enactRoute({ engine }: Parts): Route {
  return jsonRoute({
    method: 'post',
    path: '/v1/decisions',
    role: 'operator',
    summary:
      'Block a flow or a destination, or quarantine a host; stands at once, unless it takes two persons',
    status: 201,
    request: { ...NOTHING, body: manualDecision },
    answer: decisionSchema,
    handle: ({ body }, { name }) =>
      askEngine(engine, 'enact', {
        target: body.target,
        ttlMs: body.ttlMs,
        actor: name,
        reason: body.reason,
        ...(body.force && { force: true }),
      }),
  });
}

function approveRoute({ engine }: Parts): Route {
  return jsonRoute({
    method: 'post',
    path: '/v1/decisions/{id}/approve',
    role: 'approver',
    summary:
      'Let a pending or provisional block stand for its whole time, or be the first of two who want it',
    request: { ...NOTHING, params, body: z.strictObject({ reason, force }).prefault({}) },
    answer: decisionSchema,
    handle: ({ params: { id }, body }, { name: actor }) =>
      askEngine(engine, 'approve', { id, actor, reason: body.reason, ...(body.force && { force: true }) }),
  });
}

function answerRoute({ engine }: Parts, verb: 'reject' | 'revoke', role: Role, summary: string): Route {
  return jsonRoute({
    method: 'post',
    path: `/v1/decisions/{id}/${verb}`,
    role,
    summary,
    request: { ...NOTHING, params, body: z.strictObject({ reason }).prefault({}) },
    answer: decisionSchema,
    handle: ({ params: { id }, body }, { name }) =>
      askEngine(engine, verb, { id, actor: name, reason: body.reason }),
  });
}

const undone = z.object({
  revision: z.number(),
  undone: z.string(),
  withdrawn: decisionSchema.nullable(),
  reinstated: decisionSchema.nullable().meta({ description: 'What stands or waits again, under a new id.' }),
}) satisfies z.ZodType<Undone>;

function undoRoute({ engine }: Parts): Route {
  return jsonRoute({
    method: 'post',
    path: '/v1/decisions/{id}/undo',
    role: 'approver',
    summary: 'Take back the last change of one decision; this is a new revision',
    request: { ...NOTHING, params, body: z.strictObject({ reason }).prefault({}) },
    answer: undone,
    handle: ({ params: { id }, body }, { name }) =>
      askEngine(engine, 'undo', { id, actor: name, reason: body.reason }),
  });
}
