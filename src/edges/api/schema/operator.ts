import { z } from 'zod';
import type { Operator } from '../../../decision/operators.ts';

export const operatorSchema = z
  .object({
    address: z.string(),
    via: z.enum(['api', 'ssh']),
    local: z.string().meta({ description: 'The address of this machine that was reached.' }),
    port: z.number(),
    actor: z.string().meta({ description: 'The name of the token.' }),
    untilMs: z.number().meta({ description: 'Protected from automatic actions until then.' }),
  })
  .meta({ id: 'Operator' }) satisfies z.ZodType<Operator>;
