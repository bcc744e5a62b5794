import { z } from 'zod';
import type { FlowListing, FlowView } from '../../../engine/commands.ts';
import { nextPlace } from './page.ts';

export const flowVerdict = z.enum(['allow', 'deny', 'exempt']);

const flowSchema = z
  .object({
    direction: z.enum(['outbound', 'inbound', 'foreign']),
    protocol: z.number(),
    host: z.string(),
    hostPort: z.number(),
    destination: z.string(),
    destinationPort: z.number(),
    translated: z.string().nullable(),
    translatedPort: z.number().nullable(),
    startedAtMs: z.number(),
    lastSeenAtMs: z.number(),
    replied: z.boolean(),
    bytesOut: z.number(),
    bytesIn: z.number(),
    packetsOut: z.number(),
    packetsIn: z.number(),
    verdict: flowVerdict,
    because: z.string(),
  })
  .meta({ id: 'Flow' }) satisfies z.ZodType<FlowView>;

export const flowListingSchema = z.object({
  flows: z.array(flowSchema),
  standing: z.number(),
  truncated: z.boolean(),
  next: nextPlace.meta({
    description: 'The `after` of the page after this, which may be short; null: this is the last.',
  }),
}) satisfies z.ZodType<FlowListing>;
