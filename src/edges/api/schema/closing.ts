/** What a person says when closing an incident. */
import { z } from 'zod';
import type { ClosedIncident } from '../../../engine/commands.ts';
import { incidentSchema } from './incident.ts';
import { suppressionSchema } from './suppression.ts';
import { reason } from './text.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const DEFAULT_MS = 30 * DAY_MS;

export const closing = z
  .strictObject({
    reason,
    verdict: z
      .enum(['resolved', 'false'])
      .default('resolved')
      .meta({ description: 'false: it never was an incident. Needs a reason.' }),
    suppressForMs: z
      .int()
      .min(MINUTE_MS)
      .max(90 * DAY_MS)
      .nullable()
      .optional()
      .meta({
        description:
          'With verdict false, for an anomaly: how long what its evidence says is not reported, from 1 minute to 90 days; default 30 days. null: it is reported again.',
      }),
  })
  .refine(({ verdict, suppressForMs }) => verdict === 'false' || suppressForMs === undefined, {
    path: ['suppressForMs'],
    message: 'has no meaning without verdict false',
  })
  .refine(({ verdict, reason: why }) => verdict !== 'false' || why !== '', {
    path: ['reason'],
    message: 'is needed to close as false',
  })
  .transform(({ suppressForMs = DEFAULT_MS, ...rest }) => ({
    ...rest,
    suppressForMs: rest.verdict === 'false' ? suppressForMs : null,
  }));

export const closedIncidentSchema = incidentSchema
  .extend({
    suppressions: z.array(suppressionSchema).readonly().meta({ description: 'What it taught.' }),
    note: z.string().nullable().meta({ description: 'Why it taught nothing, where it was asked to.' }),
  })
  .meta({ id: 'ClosedIncident' });

export function closedView({ incident, ...lesson }: ClosedIncident): z.input<typeof closedIncidentSchema> {
  return { ...incident, ...lesson };
}
