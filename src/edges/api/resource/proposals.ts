import { z } from 'zod';
import type { EngineControl } from '../../../engine/commands.ts';
import { askEngine } from '../engine-answer.ts';
import { jsonRoute, NOTHING, type Route } from '../route.ts';
import { proposedPolicy } from '../schema/policy-plan.ts';
import { proposalId, reason } from '../schema/text.ts';

interface Parts {
  engine: EngineControl;
}

const request = {
  ...NOTHING,
  params: z.strictObject({ id: proposalId }),
  body: z.strictObject({ reason }).prefault({}),
};

export function proposalRoutes({ engine }: Parts): Route[] {
  return [
    jsonRoute({
      method: 'get',
      path: '/v1/policy/proposal',
      role: 'viewer',
      summary: 'The change of policy that waits for a second person',
      request: NOTHING,
      answer: z.object({ proposal: proposedPolicy.nullable() }),
      handle: () => askEngine(engine, 'proposedPolicy', {}),
    }),
    jsonRoute({
      method: 'post',
      path: '/v1/policy/proposals/{id}/approve',
      role: 'approver',
      summary: 'Be the second person who wants a change of policy: it is carried out',
      request,
      answer: z.object({ proposal: proposedPolicy, revision: z.number() }),
      handle: ({ params: { id }, body }, { name: actor }) =>
        askEngine(engine, 'approvePolicy', { id, actor, reason: body.reason }),
    }),
    jsonRoute({
      method: 'post',
      path: '/v1/policy/proposals/{id}/reject',
      role: 'approver',
      summary: 'Refuse a change of policy that waits for a second person',
      request,
      answer: proposedPolicy,
      handle: ({ params: { id }, body }, { name: actor }) =>
        askEngine(engine, 'rejectPolicy', { id, actor, reason: body.reason }),
    }),
  ];
}
