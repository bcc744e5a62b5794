/** What keeps automation in bounds, and what needs more than one person. */
import * as z from 'zod';
import { durationField } from './quantity.ts';
import { refusal } from './text.ts';

const MINUTE_MS = 60_000;
/** Without a number of its own an hour may hold as many blocks as ten full minutes. */
const FULL_MINUTES_AN_HOUR = 10;
/** Without a number of its own a spike is worth this many full minutes, and never less than a handful. */
const FULL_MINUTES_A_SPIKE = 2;
const LEAST_SPIKE = 20;
const MOST_BLOCKS = 1_000_000;

const percent = z.number().min(0).max(100);
const blocks = z.int().min(0).max(MOST_BLOCKS);

const circuitBreakerField = z
  .strictObject({
    enabled: z.boolean().default(true).meta({ description: 'false: a spike changes nothing' }),
    blocks: blocks.min(1).optional().meta({
      description: 'Automatic blocks that are a spike; default twice maxBlocksPerMinute, at least 20',
    }),
    timesUsual: z
      .number()
      .min(1)
      .max(1_000)
      .default(10)
      .meta({ description: 'A spike is also this many times what was usual in the last day' }),
    vetoes: z
      .int()
      .min(1)
      .max(10_000)
      .default(20)
      .meta({ description: 'Incidents that a cap refused to act upon which are a spike' }),
    within: durationField
      .prefault('10m')
      .refine((ms) => ms <= 60 * MINUTE_MS, refusal('is too long', 'at most 1h'))
      .meta({ description: 'Over which time both are counted; default 10m, at most 1h' }),
  })
  .meta({ description: 'When automatic blocks spike, only alert until a person closes the breaker' });

const twoPersonsField = z
  .strictObject({
    quarantine: z
      .boolean()
      .default(false)
      .meta({ description: 'A quarantine stands for its whole time only when two persons want it' }),
    policy: z
      .boolean()
      .default(false)
      .meta({ description: 'Another policy takes effect only when a second person approves it' }),
  })
  .meta({ description: 'What needs two persons, told apart by their tokens' });

export const guardrailsField = z
  .strictObject({
    maxBlocksPerMinute: z
      .int()
      .min(0)
      .max(100_000)
      .default(50)
      .meta({ description: 'Automatic blocks a minute' }),
    maxBlocksPerHour: blocks
      .optional()
      .meta({ description: 'Automatic blocks an hour; default ten times maxBlocksPerMinute' }),
    maxQuarantinedPercent: percent.default(5).meta({ description: 'Share of known hosts' }),
    maxBlockedHostsPercent: percent
      .default(50)
      .meta({ description: 'Share of known hosts that blocks may touch; at least 5 hosts, unless it is 0' }),
    maxPrefixLength: z
      .strictObject({ ipv4: z.int().min(0).max(32).default(24), ipv6: z.int().min(0).max(128).default(64) })
      .prefault({})
      .meta({ description: 'Widest prefix that an automatic action may block' }),
    circuitBreaker: circuitBreakerField.prefault({}),
    twoPersons: twoPersonsField.prefault({}),
  })
  .meta({ description: 'Limits of automatic actions, and what needs two persons' });

export type GuardrailsText = z.output<typeof guardrailsField>;

/**
 * `maxPrefixLength`: the widest prefix that an automatic action may block; 24 refuses a /16. `circuitBreaker` is null
 * when it is off; its `withinMs` are milliseconds.
 */
export interface Guardrails
  extends Pick<
    GuardrailsText,
    | 'maxBlocksPerMinute'
    | 'maxQuarantinedPercent'
    | 'maxBlockedHostsPercent'
    | 'maxPrefixLength'
    | 'twoPersons'
  > {
  readonly maxBlocksPerHour: number;
  readonly circuitBreaker: BreakerSettings | null;
}

/** What counts as a spike: this many within `withinMs`. */
export interface BreakerSettings {
  readonly blocks: number;
  readonly timesUsual: number;
  readonly vetoes: number;
  readonly withinMs: number;
}

/** Fill in what follows from the blocks that a minute may hold. */
export function resolveGuardrails(text: GuardrailsText): Guardrails {
  const { circuitBreaker, maxBlocksPerHour, ...rest } = text;
  const { enabled, within, blocks: spike, timesUsual, vetoes } = circuitBreaker;
  const perMinute = text.maxBlocksPerMinute;
  return {
    ...rest,
    maxBlocksPerHour: maxBlocksPerHour ?? perMinute * FULL_MINUTES_AN_HOUR,
    circuitBreaker: enabled
      ? {
          blocks: spike ?? Math.max(LEAST_SPIKE, perMinute * FULL_MINUTES_A_SPIKE),
          timesUsual,
          vetoes,
          withinMs: within,
        }
      : null,
  };
}
