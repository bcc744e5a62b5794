/** What every sink can be told, whatever its kind. */
import { z } from 'zod';
import { alertTypes } from './alert.ts';
import type { Dispatch } from './dispatch.ts';
import { SEVERITIES_RISING } from './severity.ts';
import type { Rate, Subscription } from './sink.ts';

/** `incident.opened`, or `incident.*` for all of its kind. One that names no alert is refused. */
const eventPattern = z.string().refine((pattern) => alertTypes().some((type) => matches(pattern, type)), {
  error: ({ input }) => `'${input}' is no alert; there are, for example, incident.opened and decision.*`,
});

const rate = z.strictObject({
  perMinute: z.number().positive().max(60_000),
  burst: z.int().min(1).max(10_000).default(10),
  over: z.enum(['delay', 'summarise']).default('delay'),
});

export const COMMON = {
  /** Keeps its place in the queue over restarts; the type, when left out. */
  name: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]{0,39}$/, 'lower-case letters, digits and hyphens, at most 40')
    .optional(),
  minSeverity: z.enum(SEVERITIES_RISING).default('low'),
  events: z.array(eventPattern).min(1).max(100).optional(),
  rate: rate.optional(),
};

/** Of a file in the configuration; relative ones are beside it. */
export const filePath = z
  .string()
  .min(1)
  .max(4_096)
  .refine((path) => !path.includes('\0'), 'a path');

type CommonSettings = z.output<z.ZodObject<typeof COMMON>>;

/** What a sink is sent, and how fast. */
export function wishesOf({ minSeverity, events, rate }: CommonSettings): Omit<Subscription, 'sink'> {
  const lowest = SEVERITIES_RISING.indexOf(minSeverity);
  const wants = ({ severity, action }: Dispatch) =>
    SEVERITIES_RISING.indexOf(severity) >= lowest &&
    (events === undefined || events.some((pattern) => matches(pattern, action)));
  return { wants, ...(rate && { rate: rate satisfies Rate }) };
}

function matches(pattern: string, type: string): boolean {
  return pattern.endsWith('.*') ? type.startsWith(pattern.slice(0, -1)) : type === pattern;
}
