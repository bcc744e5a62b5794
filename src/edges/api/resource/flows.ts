import { z } from 'zod';
import type { EngineControl, FlowFilter, FlowListing, FlowView } from '../../../engine/commands.ts';
import { flowsOn } from '../../../engine/flow-page.ts';
import { FLOW_ORDERS, type FlowOrder } from '../../../flow/flow-selection.ts';
import { askEngine } from '../engine-answer.ts';
import { pagesOf } from '../engine-pages.ts';
import { jsonRoute, NOTHING, type Route } from '../route.ts';
import { flowListingSchema, flowVerdict } from '../schema/flow.ts';
import { cursorAfter, flowPlace } from '../schema/page.ts';
import { addressText, integerText, ruleId } from '../schema/text.ts';

const AT_A_TIME = 500;

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
      'The highest first. By start, pages neither repeat nor miss what stands throughout; by the others a flow may move between pages. A page is put together while flows go on: it shows each once, as it was a moment ago.',
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
      handle: ({ query: filter }, _caller, _conditions, closed) => listed(engine, filter, closed),
    }),
  ];
}

async function listed(
  engine: EngineControl,
  filter: FlowFilter & { readonly sort: FlowOrder },
  closed: AbortSignal,
): Promise<FlowListing> {
  const ask = (part: Pick<FlowFilter, 'limit' | 'after'>) =>
    askEngine(engine, 'flows', { ...filter, ...part }, closed);
  const pages = await pagesOf(filter, AT_A_TIME, ask, ({ because }) => because.length);
  const { standing, truncated, next } = pages.at(-1) ?? pages[0];
  return { flows: inOrder(pages.flatMap(flowsOn), filter.sort), standing, truncated, next };
}

/** By the numbers that they show: some have moved on since they were chosen. */
function inOrder(flows: FlowView[], order: FlowOrder): FlowView[] {
  const keyOf = KEYS[order];
  return flows.sort((one, other) => keyOf(other) - keyOf(one));
}

const KEYS: Readonly<Record<FlowOrder, (flow: FlowView) => number>> = {
  started: ({ startedAtMs }) => startedAtMs,
  lastSeen: ({ lastSeenAtMs }) => lastSeenAtMs,
  bytes: ({ bytesOut, bytesIn }) => bytesOut + bytesIn,
  bytesOut: ({ bytesOut }) => bytesOut,
};
