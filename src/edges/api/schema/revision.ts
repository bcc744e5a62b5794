import { z } from 'zod';
import type { LedgerQueries } from '../../../ledger/queries.ts';
import type { Revision } from '../../../ledger/revision.ts';

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
  const trial = revision.kind === 'policy' ? ledger.trialOf(revision.number) : undefined;
  if (trial === undefined) return { ...revision, trial: null };
  const { state, restoreTo, deadlineMs, end } = trial;
  return { ...revision, trial: { state, restoreTo, deadlineMs, end } };
}
