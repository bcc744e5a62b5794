import { z } from 'zod';
import type { EngineStatus, TrialStatus } from '../../../engine/commands.ts';
import { breakerSchema } from './breaker.ts';

const kernel = z.object({
  table: z.enum(['in-place', 'repairing', 'failed']),
  verifiedAtMs: z.number(),
  driftRepairs: z.number(),
  contestedBy: z.array(z.string()).optional().meta({
    description: 'Programs that change the table again and again; mending waits up to 2 s each time.',
  }),
  digest: z.string(),
  error: z.string().optional(),
});

const allowlist = z.object({
  generation: z.number().nullable().meta({
    description: 'What admitted connections carry in their mark; null when nothing is enforced.',
  }),
  elements: z.number().meta({ description: 'Of what the rules allow; 0 when nothing is enforced.' }),
  error: z.string().optional().meta({
    description: 'Why the kernel does not hold the allowlist of the policy in force.',
  }),
});

const conntrack = z.object({
  standingFlows: z.number(),
  events: z.number(),
  lost: z.number(),
  resyncs: z.number(),
  undecodable: z.number(),
  hooksRegistered: z.boolean(),
});

const latency = z.object({
  count: z.number(),
  medianMs: z.number(),
  p99Ms: z.number(),
  maxMs: z.number(),
});

const dropped = z
  .object({
    denyList: z.number(),
    allowlist: z.number(),
    untracked: z.number(),
    limits: z.number().meta({ description: 'Over a limit of the rule that allows it, in mode enforce.' }),
    reported: z.number().meta({
      description:
        'Of all four, but for packets over a limit of bytes: packets that became findings and evidence.',
    }),
    notReported: z
      .number()
      .meta({ description: 'Counted only: retries, and what the kernel may not tell in a flood.' }),
    attempts: z.number(),
    spared: z.number().meta({ description: 'Let through, as neverBlock asks.' }),
    disagreements: z.number().meta({ description: 'Dropped by the kernel and not denied by the policy.' }),
    error: z.string().optional().meta({ description: 'Why nothing is reported.' }),
  })
  .meta({ description: 'Packets that the kernel dropped by the policy itself since the start.' });

export const trialStatus = z
  .object({
    revision: z.number(),
    restoreTo: z.number().meta({ description: 'The revision that stands again when nobody confirms.' }),
    policyName: z.string(),
    policyDigest: z.string(),
    actor: z.string(),
    begunAtMs: z.number(),
    confirmByMs: z.number(),
    leftMs: z.number(),
  })
  .meta({ id: 'TrialStatus' }) satisfies z.ZodType<TrialStatus>;

const engineStatus = z.object({
  mode: z.enum(['audit', 'respond', 'enforce']),
  startedAtMs: z.number(),
  policy: z.object({ name: z.string(), digest: z.string(), revision: z.number() }),
  trial: trialStatus.nullable().meta({ description: 'The policy in force waits to be confirmed.' }),
  kernel,
  allowlist,
  ledgerError: z
    .string()
    .optional()
    .meta({ description: 'Why nothing can be recorded now, so that nothing is done.' }),
  conntrack,
  decisions: z.object({ pending: z.number(), provisional: z.number(), active: z.number() }),
  breaker: breakerSchema,
  openIncidents: z.number(),
  activeSuppressions: z.number(),
  profiles: z
    .object({ established: z.number(), evicted: z.number() })
    .meta({ description: 'Hosts whose usual behaviour is known, and those forgotten for want of room.' }),
  denyLists: z
    .object({
      state: z.enum(['off', 'loading', 'loaded', 'failed']),
      ranges: z.number(),
      error: z.string().optional(),
    })
    .meta({ description: 'Deny lists in the kernel before anybody asks for what is on them.' }),
  dropped,
  blockLatency: latency,
}) satisfies z.ZodType<EngineStatus>;

const alerts = z
  .object({ sinks: z.number(), failing: z.array(z.string()) })
  .meta({ description: 'How many sinks alerts go to, and which of them do not take any now.' });

export const statusSchema = engineStatus.extend({ version: z.string(), alerts }).meta({ id: 'Status' });
