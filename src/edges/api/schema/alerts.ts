import { z } from 'zod';

export const sinkSchema = z
  .object({
    sink: z.string().meta({ description: 'Its name in the configuration.' }),
    type: z.string(),
    state: z.enum(['idle', 'delivering', 'waiting', 'failing']).meta({
      description: 'waiting: held back by its rate limit; failing: tried again and again.',
    }),
    backlog: z.number().meta({
      description: 'Ledger entries that it has not passed; not each of them is an alert.',
    }),
    delivered: z.number().meta({ description: 'Alerts taken since the start.' }),
    failures: z.number().meta({ description: 'Attempts that failed since the start.' }),
    refused: z.number().meta({ description: 'Alerts given up since the start; see alert.failed.' }),
    lastSuccessMs: z.number().nullable(),
    failingSinceMs: z.number().nullable(),
    error: z.string().nullable().meta({ description: 'Why the last attempt failed.' }),
  })
  .meta({ id: 'AlertSink' });

export const sinkTestSchema = z
  .object({
    sink: z.string(),
    delivered: z.boolean(),
    tookMs: z.number(),
    error: z.string().nullable(),
  })
  .meta({ id: 'AlertSinkTest' });
