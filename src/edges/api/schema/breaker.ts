import { z } from 'zod';
import type { BreakerState } from '../../../decision/circuit-breaker.ts';

export const breakerSchema = z
  .discriminatedUnion('state', [
    z.object({ state: z.literal('closed') }),
    z.object({
      state: z.literal('open'),
      sinceMs: z.number(),
      actor: z.string().meta({ description: 'penstock, or the name of a token.' }),
      reason: z.string(),
    }),
  ])
  .meta({
    id: 'Breaker',
    description: 'open: automation only alerts until a person closes it.',
  }) satisfies z.ZodType<BreakerState>;
