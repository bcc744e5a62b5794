import { z } from 'zod';
import type { PolicyPlan } from '../../../engine/commands.ts';
import type { CutPath } from '../../../engine/operator-path.ts';
import type { ProposedPolicy } from '../../../ledger/proposed-policy.ts';
import { serviceSchema } from './incident.ts';

const changes = z
  .object({ added: z.array(z.string()), removed: z.array(z.string()), changed: z.array(z.string()) })
  .meta({ id: 'Changes', description: 'Names of what comes, goes and changes.' });

const tallies = z.array(z.object({ key: z.string(), count: z.number() }));

const cutPath = z.object({
  from: z.string(),
  to: z.string(),
  service: serviceSchema,
  actor: z.string().nullable().meta({ description: 'The token; null for a connection that stands.' }),
  via: z.enum(['api', 'ssh', 'connection']),
  because: z.string(),
}) satisfies z.ZodType<CutPath>;

export const policyPlan = z
  .object({
    changed: z.boolean(),
    fromDigest: z.string(),
    toDigest: z.string(),
    mode: z.object({ from: z.string(), to: z.string() }),
    rules: changes,
    denyLists: changes,
    hostGroups: changes,
    addressSets: changes,
    services: changes,
    schedules: changes,
    response: changes,
    neverBlock: changes,
    guardrails: z.array(z.object({ field: z.string(), from: z.string(), to: z.string() })),
    flows: z.object({
      newlyDenied: z.number(),
      newlyAllowed: z.number(),
      examples: z.array(z.string()),
    }),
    cuts: z
      .object({
        count: z.number(),
        byRule: tallies.meta({ description: 'By the rule that allows them now.' }),
        byHost: tallies,
        byDestination: tallies,
        examples: z.array(z.string()),
      })
      .meta({ description: 'Standing connections that the kernel would end.' }),
    lifts: z
      .array(z.object({ id: z.string(), target: z.string() }))
      .meta({ description: 'Standing blocks that it would lift, because it protects their targets.' }),
    cutsOperators: z
      .array(cutPath)
      .meta({ description: 'Paths of operators that it would cut: refused unless forced.' }),
  })
  .meta({ id: 'PolicyPlan' }) satisfies z.ZodType<PolicyPlan>;

export const proposedPolicy = z
  .object({
    id: z.string(),
    kind: z.enum(['apply', 'rollback']),
    policyName: z.string(),
    policyDigest: z.string(),
    insteadOf: z.string(),
    to: z.number().nullable(),
    confirmWithinMs: z.number().nullable(),
    force: z.boolean(),
    actor: z.string(),
    reason: z.string(),
    proposedAtMs: z.number(),
    answerByMs: z.number(),
    state: z.enum(['pending', 'approved', 'rejected', 'lapsed', 'replaced']),
    answer: z.object({ actor: z.string(), reason: z.string(), atMs: z.number() }).nullable(),
  })
  .meta({ id: 'ProposedPolicy' }) satisfies z.ZodType<ProposedPolicy>;
