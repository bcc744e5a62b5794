import { z } from 'zod';
import type { NameListing, NamesWatching, NameView } from '../../../engine/name-listing.ts';
import { nextPlace } from './page.ts';
import { timeMs } from './text.ts';

const nameSchema = z
  .object({
    name: z.string(),
    rules: z.array(z.string()).meta({ description: 'Rules that allow it.' }),
    addresses: z.array(
      z.object({
        address: z.string(),
        untilMs: timeMs.meta({
          description: 'Kept beyond that while a connection to it lives, or when it is answered again.',
        }),
        sharedWith: z.array(z.string()).meta({
          description: 'Other known names at this address, at most eight: they are reached as well.',
        }),
      }),
    ),
  })
  .meta({ id: 'Name' }) satisfies z.ZodType<NameView>;

const watchingSchema = z
  .object({
    resolvers: z.array(z.string()),
    whenDown: z.enum(['pass', 'hold']),
    means: z
      .enum(['expression', 'target'])
      .nullable()
      .meta({ description: 'How DNS comes to the daemon: nft’s queue, or the target NFQUEUE of x_tables.' }),
    counters: z.object({
      packets: z.number(),
      questions: z.number(),
      learnt: z.number(),
      unasked: z.number().meta({ description: 'Answers to questions that nobody was seen to ask.' }),
      unusable: z.number().meta({ description: 'Truncated answers, and aliases that make no sense.' }),
      refused: z.number().meta({ description: 'Addresses that were not learnt for want of room.' }),
      withheld: z.number().meta({ description: 'Addresses of ours, or that no packet leaves the link for.' }),
      lost: z.number().meta({ description: 'Times packets went by unseen because we read too slowly.' }),
    }),
    error: z.string().optional(),
  })
  .meta({ id: 'NamesWatching' }) satisfies z.ZodType<NamesWatching>;

export const nameListingSchema = z.object({
  names: z.array(nameSchema),
  known: z.number(),
  truncated: z.boolean(),
  next: nextPlace,
  watching: watchingSchema.nullable().meta({ description: 'null: the policy has no names.' }),
}) satisfies z.ZodType<NameListing>;
