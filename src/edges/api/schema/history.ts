/** Who sent how much to whom, over time. Times are ms since the epoch; buckets begin at full minutes, hours and days of UTC. */
import { z } from 'zod';
import { addressText, integerText, timeMs } from './text.ts';

export const HISTORY_STEPS = ['minute', 'hour', 'day'] as const;
export const HISTORY_KEYS = ['host', 'destination', 'group', 'rule', 'country', 'as', 'service'] as const;

const time = integerText(0, 8.64e15);
const DAY_MS = 86_400_000;

/** All that are given must hold. */
const filter = {
  host: addressText.optional(),
  group: z.string().min(1).max(128).optional().meta({ description: 'A host group of the policy.' }),
  destination: z
    .string()
    .min(1)
    .max(253)
    .optional()
    .meta({ description: 'An address, or the name by which it is known.', example: '203.0.113.9' }),
  rule: z.string().min(1).max(128).optional().meta({ description: 'The rule that allowed it.' }),
  from: time
    .optional()
    .meta({ description: 'From the bucket that holds it on; default: a day before `to`.' }),
  to: time.optional().meta({ description: 'To the bucket that holds it, with it; default: now.' }),
};

export const historyQuery = z.strictObject({ ...filter, step: z.enum(HISTORY_STEPS).default('hour') });

export const historyTopQuery = z.strictObject({
  by: z.enum(HISTORY_KEYS),
  ...filter,
  limit: integerText(1, 500).default(20),
});

/** The day before now, where nothing else was asked. */
export function withTimes<T extends { from?: number | undefined; to?: number | undefined }>(
  { from, to, ...rest }: T,
  nowMs: number,
) {
  const toMs = to ?? nowMs;
  return { ...rest, fromMs: from ?? Math.max(0, toMs - DAY_MS), toMs };
}

const sums = {
  bytesOut: z.number().meta({ description: 'Sent by hosts of ours, IP headers included.' }),
  bytesIn: z.number(),
  connections: z.number().meta({ description: 'Begun, as conntrack saw them.' }),
  denied: z.number().meta({
    description:
      'Attempts that the policy or a block said no to, whether or not their first packet had gone through.',
  }),
};

const point = z
  .object({ atMs: timeMs.meta({ description: 'Start of the bucket.' }), ...sums })
  .meta({ id: 'HistoryPoint' });

export const historySeries = z.object({
  step: z.enum(HISTORY_STEPS),
  points: z
    .array(point)
    .meta({ description: 'One for each bucket, also where nothing was sent or nobody watched.' }),
});

const item = z
  .object({
    key: z.string().meta({
      description:
        'An address, a group, the id of a rule, `tcp/443`, an ISO 3166 code, `AS64496`; in parentheses what is none of these.',
    }),
    name: z
      .string()
      .optional()
      .meta({ description: 'Of a destination or of an autonomous system, where it is known.' }),
    ...sums,
    firstSeenMs: timeMs,
    lastSeenMs: timeMs,
  })
  .meta({ id: 'HistoryItem' });

export const historyTop = z.object({
  by: z.enum(HISTORY_KEYS),
  step: z
    .enum(HISTORY_STEPS)
    .meta({ description: 'Of the buckets that were summed: finer for short times.' }),
  fromMs: timeMs.meta({ description: 'Where the first of these buckets begins.' }),
  toMs: timeMs.meta({ description: 'Where the last of these buckets ends.' }),
  items: z
    .array(item)
    .meta({ description: 'The most bytes sent first. A host counts in each of its groups.' }),
  other: z.object(sums).meta({ description: 'All that has no item of its own.' }),
});

export type HistoryFilter = ReturnType<typeof withTimes<z.output<typeof historyQuery>>>;
export type HistoryTopFilter = ReturnType<typeof withTimes<z.output<typeof historyTopQuery>>>;
