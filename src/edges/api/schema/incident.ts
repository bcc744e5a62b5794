import { z } from 'zod';
import type { Evidence, Incident, Story } from '../../../incident/incident.ts';
import { ANOMALY_DETECTORS } from '../../../policy/schema/detectors.ts';
import { DETECTORS } from '../../../policy/schema/response.ts';

export const serviceSchema = z.object({ protocol: z.number(), port: z.number().nullable() });

export const incidentState = z.enum(['open', 'closed']);

const share = (description: string) => z.number().min(0).max(1).meta({ description });

const evidenceSchema = z
  .object({
    detector: z.enum(ANOMALY_DETECTORS),
    destination: z.string().nullable().meta({ description: 'null: of the host as a whole.' }),
    service: serviceSchema.nullable(),
    confidence: share('The highest that the detector said.'),
    firstSeenMs: z.number(),
    lastSeenMs: z.number(),
    count: z.number(),
    happened: z.string(),
    normal: z.string(),
  })
  .meta({ id: 'Evidence' }) satisfies z.ZodType<Evidence>;

const storySchema = z
  .object({ happened: z.string(), normal: z.string(), meaning: z.string(), advice: z.string() })
  .meta({ id: 'Story' }) satisfies z.ZodType<Story>;

export const incidentSchema = z
  .object({
    id: z.string(),
    host: z.string(),
    groups: z.array(z.string()).readonly(),
    cause: z.enum(DETECTORS),
    source: z.string().nullable(),
    destination: z.string().nullable(),
    translated: z.string().nullable(),
    services: z.array(serviceSchema).readonly(),
    severity: z.enum(['low', 'medium', 'high', 'critical']),
    score: share('How sure it is, all evidence together; 1 for what the policy itself says.'),
    count: z.number(),
    firstSeenMs: z.number(),
    lastSeenMs: z.number(),
    raisedAtMs: z
      .number()
      .nullable()
      .meta({ description: 'When it became high or critical; null: it is not.' }),
    state: incidentState,
    reasons: z.array(z.string()).readonly(),
    evidence: z.array(evidenceSchema).readonly().meta({ description: 'Of anomalies; else empty.' }),
    story: storySchema.nullable().meta({ description: 'Of anomalies; else null.' }),
  })
  .meta({ id: 'Incident' }) satisfies z.ZodType<Incident>;
