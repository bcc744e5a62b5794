import type { EngineControl } from '../../../engine/commands.ts';
import { askEngine } from '../engine-answer.ts';
import { jsonRoute, NOTHING, type Route } from '../route.ts';
import { ruleListing } from '../schema/rule.ts';

export function ruleRoutes({ engine }: { engine: EngineControl }): Route[] {
  return [
    jsonRoute({
      method: 'get',
      path: '/v1/policy/rules',
      role: 'viewer',
      summary: 'The rules of the policy in force, and how often each was used since the daemon started',
      request: NOTHING,
      answer: ruleListing,
      handle: () => askEngine(engine, 'rules', {}),
    }),
  ];
}
