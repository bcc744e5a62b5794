import { z } from 'zod';
import type { Suppression } from '../../../incident/suppression.ts';
import { ANOMALY_DETECTORS } from '../../../policy/schema/detectors.ts';
import { serviceSchema } from './incident.ts';

export const suppressionFilter = z.enum(['active', 'ended']);

export const suppressionSchema = z
  .object({
    id: z.string(),
    incident: z.string().meta({ description: 'The incident that was closed as false.' }),
    detector: z.enum(ANOMALY_DETECTORS),
    host: z.string(),
    destination: z
      .string()
      .nullable()
      .meta({ description: 'null: only what the detector says of the host as a whole.' }),
    service: serviceSchema.nullable().meta({ description: 'null: whatever the service.' }),
    reason: z.string(),
    actor: z.string(),
    createdAtMs: z.number(),
    untilMs: z.number(),
    state: z.enum(['active', 'revoked', 'expired']),
    endedAtMs: z.number().nullable(),
  })
  .meta({ id: 'Suppression' }) satisfies z.ZodType<Suppression>;

export const countedSuppressionSchema = suppressionSchema
  .extend({
    hits: z
      .number()
      .nullable()
      .meta({ description: 'Findings that it has silenced since the daemon started; null: it has ended.' }),
  })
  .meta({ id: 'CountedSuppression' });
