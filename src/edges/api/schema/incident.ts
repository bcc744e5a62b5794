import { z } from 'zod';
import type { Incident } from '../../../incident/incident.ts';

export const serviceSchema = z.object({ protocol: z.number(), port: z.number().nullable() });

export const incidentState = z.enum(['open', 'closed']);

export const incidentSchema = z
  .object({
    id: z.string(),
    host: z.string(),
    groups: z.array(z.string()).readonly(),
    cause: z.enum(['policyViolation', 'denyList', 'limit']),
    source: z.string().nullable(),
    destination: z.string().nullable(),
    translated: z.string().nullable(),
    services: z.array(serviceSchema).readonly(),
    severity: z.enum(['low', 'medium', 'high', 'critical']),
    count: z.number(),
    firstSeenMs: z.number(),
    lastSeenMs: z.number(),
    state: incidentState,
    reasons: z.array(z.string()).readonly(),
  })
  .meta({ id: 'Incident' }) satisfies z.ZodType<Incident>;
