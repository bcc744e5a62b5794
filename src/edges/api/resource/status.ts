import type { EngineControl } from '../../../engine/commands.ts';
import { askEngine } from '../engine-answer.ts';
import { jsonRoute, NOTHING, type Route } from '../route.ts';
import { statusSchema } from '../schema/status.ts';

export function statusRoutes({ engine, version }: { engine: EngineControl; version: string }): Route[] {
  return [
    jsonRoute({
      method: 'get',
      path: '/v1/status',
      role: 'viewer',
      summary: 'How the daemon fares: policy, kernel table, conntrack, decisions, latency',
      request: NOTHING,
      answer: statusSchema,
      handle: async () => ({ ...(await askEngine(engine, 'status', {})), version }),
    }),
  ];
}
