import { z } from 'zod';
import type { RuleListing } from '../../../engine/rule-hits.ts';
import { timeMs } from './text.ts';

const rule = z
  .object({
    rule: z.string(),
    place: z.number().meta({ description: 'In the policy, from 1.' }),
    description: z.string().nullable(),
    owner: z.string().nullable(),
    ticket: z.string().nullable(),
    hits: z.number().meta({ description: 'New connections that met it.' }),
    lastHitMs: timeMs.nullable(),
    sinceMs: timeMs.meta({
      description: 'Since when its hits are counted: since it says what it says, over restarts.',
    }),
    expiresMs: timeMs.nullable(),
    isExpired: z.boolean(),
  })
  .meta({ id: 'RuleUse' });

export const ruleListing = z.object({
  rules: z.array(rule),
  sinceMs: timeMs.meta({ description: 'Since when hits are counted, of the rule that is counted longest.' }),
  source: z.enum(['connections', 'kernel']).meta({
    description: 'connections: as they were seen; kernel: counted by the elements that allow them.',
  }),
}) satisfies z.ZodType<RuleListing>;
