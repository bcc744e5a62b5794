import { z } from 'zod';
import type { EngineControl } from '../../../engine/commands.ts';
import { askEngine } from '../engine-answer.ts';
import { jsonRoute, NOTHING, type Route } from '../route.ts';
import { flowListingSchema, flowVerdict } from '../schema/flow.ts';
import { addressText, integerText } from '../schema/text.ts';

const query = z.strictObject({
  host: addressText.optional(),
  destination: addressText.optional(),
  verdict: flowVerdict.optional(),
  limit: integerText(1, 1_000).default(200),
});

export function flowRoutes({ engine }: { engine: EngineControl }): Route[] {
  return [
    jsonRoute({
      method: 'get',
      path: '/v1/flows',
      role: 'viewer',
      summary: 'Standing flows and what the policy says of them',
      request: { ...NOTHING, query },
      answer: flowListingSchema,
      handle: ({ query: filter }) => askEngine(engine, 'flows', filter),
    }),
  ];
}
