/** What every sink for people can be told about when it speaks. */
import { z } from 'zod';
import { durationField } from '../../../policy/schema/quantity.ts';
import { COMMON } from '../sink-settings.ts';
import { DEFAULT_GROUPING, type GroupingSettings } from './grouping.ts';

const group = z
  .strictObject({
    /** A host is told of at most once in so long. */
    window: durationField.prefault('1m'),
    /** How long the same is not told again, first, second and further times; `[]`: each time. */
    quiet: z.array(durationField).max(10).optional(),
    /** So many messages `per` so long; twice as many for what waits for an answer. The rest is summed up. */
    messages: z.int().min(1).max(1_000).default(DEFAULT_GROUPING.limit.messages),
    per: durationField.prefault('10m'),
    /** What is neither high nor critical nor waits for an answer is summed up once in so long. */
    digest: durationField.optional(),
  })
  .refine(({ quiet = [] }) => quiet.every((ms, at) => at === 0 || ms >= quiet[at - 1]), {
    path: ['quiet'],
    error: 'each span as long as the one before, or longer',
  });

/** `rate` is not among them: `group` says it better. */
const { rate: _, ...common } = COMMON;
export const FOR_PEOPLE = { ...common, group: group.prefault({}) };

export function groupingOf({
  window,
  quiet,
  messages,
  per,
  digest,
}: z.output<typeof group>): GroupingSettings {
  return {
    settleMs: DEFAULT_GROUPING.settleMs,
    windowMs: window,
    quietMs: quiet ?? DEFAULT_GROUPING.quietMs,
    limit: { messages, perMs: per },
    digestMs: digest ?? null,
  };
}
