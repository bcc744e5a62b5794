/** How names of address sets become addresses: whose answers count, and for how long. */
import * as z from 'zod';
import { prefixesField } from './prefix.ts';
import { durationField, formatDuration } from './quantity.ts';
import { refusal } from './text.ts';

const MAX_FLOOR_MS = 86_400_000;
const MAX_RESOLVERS = 64;

export const namesField = z
  .strictObject({
    resolvers: prefixesField
      .min(1, { error: refusal('is empty: no answer would be believed', 'at least one resolver') })
      .max(MAX_RESOLVERS)
      .meta({ description: 'Resolvers whose answers are believed, as the hosts ask them' }),
    ttlFloor: durationField
      .refine((ms) => ms <= MAX_FLOOR_MS, {
        error: ({ input }) =>
          refusal(
            `is ${formatDuration(Number(input))}`,
            'at most 24h: an address may be anybody else’s by then',
          ),
      })
      .default(60_000)
      .meta({ description: 'An address counts at least so long, whatever the ttl of its record' }),
    whenDown: z.enum(['pass', 'hold']).default('pass').meta({
      description:
        'DNS with these resolvers while nobody watches it: pass, and teach nothing; or hold, so that no answer comes',
    }),
  })
  .meta({ description: 'Needed for fqdns: addresses are learnt from the answers of these resolvers' });
