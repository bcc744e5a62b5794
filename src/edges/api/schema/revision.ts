import { z } from 'zod';
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
