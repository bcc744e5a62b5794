import { z } from 'zod';
import type { EngineControl } from '../../../engine/commands.ts';
import { askEngine } from '../engine-answer.ts';
import { jsonRoute, NOTHING, type Route } from '../route.ts';
import { breakerSchema } from '../schema/breaker.ts';
import { operatorSchema } from '../schema/operator.ts';
import { requiredReason } from '../schema/text.ts';

interface Parts {
  engine: EngineControl;
}

const body = z
  .strictObject({ reason: requiredReason })
  .meta({ example: { reason: 'a feed has listed our own mail server' } });

/** To stop automation is less of a risk than to let it act. */
export function breakerRoutes({ engine }: Parts): Route[] {
  return [
    jsonRoute({
      method: 'get',
      path: '/v1/breaker',
      role: 'viewer',
      summary: 'Whether automation may act, or only alerts since blocks spiked',
      request: NOTHING,
      answer: breakerSchema,
      handle: () => askEngine(engine, 'breaker', {}),
    }),
    jsonRoute({
      method: 'post',
      path: '/v1/breaker/open',
      role: 'operator',
      summary: 'Stop automation: it only alerts until the breaker is closed; what stands goes on standing',
      request: { ...NOTHING, body },
      answer: breakerSchema,
      handle: ({ body: { reason } }, { name: actor }) => askEngine(engine, 'openBreaker', { actor, reason }),
    }),
    jsonRoute({
      method: 'post',
      path: '/v1/breaker/close',
      role: 'approver',
      summary: 'Let automation act again, upon all that stands now',
      request: { ...NOTHING, body },
      answer: breakerSchema,
      handle: ({ body: { reason } }, { name: actor }) => askEngine(engine, 'closeBreaker', { actor, reason }),
    }),
  ];
}

export function operatorRoutes({ engine }: Parts): Route[] {
  return [
    jsonRoute({
      method: 'get',
      path: '/v1/operators',
      role: 'operator',
      summary: 'From where people run Penstock: addresses that no automatic action touches',
      request: NOTHING,
      answer: z.object({ items: z.array(operatorSchema) }),
      handle: async () => ({ items: (await askEngine(engine, 'operators', {})).operators }),
    }),
  ];
}
