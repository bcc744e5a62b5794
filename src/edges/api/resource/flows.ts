import { z } from 'zod';
import type { EngineControl, FlowFilter, FlowListing, FlowView } from '../../../engine/commands.ts';
import { FLOW_ORDERS } from '../../../flow/flow-selection.ts';
import { askEngine } from '../engine-answer.ts';
import { jsonRoute, NOTHING, type Route } from '../route.ts';
import { flowListingSchema, flowVerdict } from '../schema/flow.ts';
import { cursorAfter, flowPlace } from '../schema/page.ts';
import { addressText, integerText, ruleId } from '../schema/text.ts';

/** What the engine is asked for at a time, so that no block waits behind a long list. */
const AT_A_TIME = 500;
/** Of 100,000 flows all are looked at, 2,048 at a time; of more, a page may come short. */
const MOST_CALLS = 50;

const query = z.strictObject({
  host: addressText.optional().meta({ description: 'Of ours.' }),
  destination: addressText.optional().meta({ description: 'As it was asked for, or as NAT made it.' }),
  protocol: integerText(0, 255).optional().meta({ description: 'IANA protocol number.' }),
  port: integerText(0, 65_535).optional().meta({ description: 'Of the destination.' }),
  verdict: flowVerdict.optional(),
  rule: ruleId
    .optional()
    .meta({ description: 'Id of the rule that allows it, or of the deny list it is on.' }),
  sort: z.enum(FLOW_ORDERS).default('started').meta({
    description:
      'The highest first. By start, pages neither repeat nor miss what stands throughout; by the others a flow may move between pages.',
  }),
  ...cursorAfter(flowPlace),
  limit: integerText(1, 5_000).default(200),
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
      handle: ({ query: filter }) => filled(engine, filter),
    }),
  ];
}

async function filled(engine: EngineControl, filter: FlowFilter): Promise<FlowListing> {
  const flows: FlowView[] = [];
  let after = filter.after;
  for (let calls = 1; ; calls++) {
    const limit = Math.min(AT_A_TIME, filter.limit - flows.length);
    const page = await askEngine(engine, 'flows', { ...filter, after, limit });
    flows.push(...page.flows);
    if (page.next === null || flows.length >= filter.limit || calls === MOST_CALLS) return { ...page, flows };
    after = page.next;
  }
}
