/** What is kept of an incident. */
import { z } from 'zod';
import { incidentId, timeMs } from './text.ts';

const sha256 = z.string().meta({ description: 'Hex.' });

/** A bundle as the ledger has it. */
export const evidenceSchema = z
  .object({
    /** Of the ledger entry. */
    seq: z.int(),
    incident: incidentId,
    state: z.enum(['collecting', 'sealed', 'failed', 'deleted', 'missing']).meta({
      description:
        'collecting: it is not sealed yet; missing: it was sealed, and the file is not there though nobody is known to have deleted it.',
    }),
    atMs: timeMs.meta({ description: 'When it came into this state.' }),
    reason: z.string().nullable().meta({ description: 'Why it failed or was deleted.' }),
    bundle: z
      .object({
        name: z.string(),
        bytes: z.int(),
        packets: z.int(),
        manifestSha256: sha256,
        bundleSha256: sha256,
        ledger: z
          .object({ seq: z.int(), hash: sha256 })
          .meta({ description: "The ledger's end as it was sealed." }),
      })
      .nullable()
      .meta({ description: 'As it was sealed.' }),
  })
  .meta({ id: 'EvidenceBundle' });
