import { z } from 'zod';
import type { Readiness } from '../../../detection/readiness.ts';
import type { HostLine, HostListing, HostView } from '../../../engine/commands.ts';
import { ANOMALY_DETECTORS } from '../../../policy/schema/detectors.ts';
import { nextPlace } from './page.ts';
import { timeMs } from './text.ts';

const detector = z.enum(ANOMALY_DETECTORS);

const readinessSchema = z
  .object({
    name: detector,
    state: z.enum(['ready', 'warming', 'abstaining', 'off']).meta({
      description:
        'warming: the host was not watched for long enough; abstaining: what was seen is nothing to go by.',
    }),
    watchedHours: z.number().nullable().meta({ description: 'null: it is off, or does not wait for hours.' }),
    neededHours: z.number().nullable().meta({ description: '0: it needs no past.' }),
    words: z.string().meta({ description: 'What it goes by, or does meanwhile.' }),
  })
  .meta({ id: 'Readiness' }) satisfies z.ZodType<Readiness>;

const common = {
  host: z.string(),
  groups: z.array(z.string()).readonly(),
  firstSeenMs: timeMs,
  lastSeenMs: timeMs,
  hoursWatched: z
    .number()
    .meta({ description: 'Silent ones too, until it was last seen. The daemon must have run.' }),
  answered: z.number().meta({ description: 'Connections that something answered.' }),
  suspicion: z.number().min(0).max(1).meta({ description: 'The score of its open incident.' }),
  learning: z
    .enum(['full', 'slowed'])
    .meta({ description: 'slowed: it is suspicious; what it does more than before teaches nothing.' }),
};

const lineSchema = z
  .object({
    ...common,
    warming: z
      .array(detector)
      .readonly()
      .meta({ description: 'Detectors that are on and wait until it was watched for longer.' }),
  })
  .meta({ id: 'HostLine' }) satisfies z.ZodType<HostLine>;

export const hostListingSchema = z.object({
  hosts: z.array(lineSchema),
  established: z.number().meta({ description: 'All hosts whose usual behaviour is known.' }),
  truncated: z.boolean(),
  next: nextPlace,
}) satisfies z.ZodType<HostListing>;

export const hostSchema = z
  .object({
    ...common,
    established: z.boolean().meta({ description: 'Answered a few times; others are soon forgotten.' }),
    mostUploaded: z
      .object({
        hour: z.number(),
        day: z.number().nullable().meta({ description: 'null: no day before the running one was watched.' }),
      })
      .meta({ description: 'Bytes of uploads, the most of the last week.' }),
    runningHour: z.object({ connections: z.number(), newDestinations: z.number(), bytesOut: z.number() }),
    activity: z.array(z.number().nullable()).readonly().meta({
      description:
        'By hour of the week, UTC, Monday 00:00 first: share of weeks in which it was active; null: not watched.',
    }),
    tracks: z.number().meta({ description: 'Destinations and services that are followed over time.' }),
    knownDestinations: z.number(),
    detectors: z.array(readinessSchema).readonly(),
  })
  .meta({ id: 'Host' }) satisfies z.ZodType<HostView>;
