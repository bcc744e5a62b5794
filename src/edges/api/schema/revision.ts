import { z } from 'zod';
import type { LedgerQueries } from '../../../ledger/queries.ts';
import type { Revision } from '../../../ledger/revision.ts';
import type { RevisionDifference } from '../../../ledger/revision-difference.ts';
import type { PolicyDifference } from '../../../policy/difference/policy-difference.ts';
import { decisionSchema } from './decision.ts';

export const revisionSchema = z
  .object({
    number: z.number(),
    atMs: z.number(),
    kind: z.enum(['policy', 'decision', 'rollback']),
    actor: z.string(),
    reason: z.string(),
    policyDigest: z.string(),
    rulesetDigest: z.string().nullable(),
    restoredFrom: z.number().nullable(),
  })
  .meta({ id: 'Revision' }) satisfies z.ZodType<Revision>;

const trialSchema = z.object({
  state: z.enum(['waiting', 'confirmed', 'reverted']),
  restoreTo: z.number().meta({ description: 'The revision that stands again when nobody confirms.' }),
  deadlineMs: z.number(),
  end: z
    .object({
      atMs: z.number(),
      actor: z.string().meta({ description: 'Who confirmed it or took it back; penstock when nobody did.' }),
      cause: z.enum(['confirmed', 'deadline', 'reboot', 'unreadable', 'rollback']),
      reason: z.string(),
      revision: z.number().nullable().meta({ description: 'The revision that took it back.' }),
    })
    .nullable(),
});

/** A revision with what became of its trial, had it one. */
export const triedRevision = revisionSchema
  .extend({ trial: trialSchema.nullable().meta({ description: 'null: it needed no confirmation.' }) })
  .meta({ id: 'TriedRevision' });

export type TriedRevision = z.output<typeof triedRevision>;

export function withTrial(revision: Revision, ledger: LedgerQueries): TriedRevision {
  const isTried = revision.kind === 'policy' || revision.kind === 'rollback';
  const trial = isTried ? ledger.trialOf(revision.number) : undefined;
  if (trial === undefined) return { ...revision, trial: null };
  const { state, restoreTo, deadlineMs, end } = trial;
  return { ...revision, trial: { state, restoreTo, deadlineMs, end } };
}

const fieldDifference = z.object({
  field: z.string(),
  from: z.string().nullable(),
  to: z.string().nullable(),
  added: z.array(z.string()).readonly().meta({ description: 'Of a list: what came.' }),
  removed: z.array(z.string()).readonly(),
});

const policyDifference = z
  .object({
    parts: z
      .array(
        z.object({
          part: z.string().meta({ example: 'rules' }),
          id: z.string().nullable(),
          change: z.enum(['added', 'removed', 'changed']),
          fields: z.array(fieldDifference).readonly(),
        }),
      )
      .readonly(),
    more: z.number().meta({ description: 'Parts that differ besides those listed.' }),
  })
  .meta({ id: 'PolicyDifference' }) satisfies z.ZodType<PolicyDifference>;

export const revisionDifference = z
  .object({
    from: revisionSchema,
    to: revisionSchema,
    policy: policyDifference.nullable().meta({ description: 'null: it is the same, or cannot be read.' }),
    unreadable: z
      .array(z.number())
      .readonly()
      .meta({ description: 'Revisions whose policy this version cannot read.' }),
    decisions: z.object({
      added: z.array(decisionSchema).readonly(),
      removed: z.array(decisionSchema).readonly(),
      changed: z.array(z.object({ from: decisionSchema, to: decisionSchema })).readonly(),
      more: z.number(),
    }),
  })
  .meta({ id: 'RevisionDifference' }) satisfies z.ZodType<RevisionDifference>;

/** A policy as it was written. */
export const policyText = z.object({
  name: z.string(),
  digest: z.string(),
  entry: z.string(),
  files: z.record(z.string(), z.string()),
});
