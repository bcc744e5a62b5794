import { z } from 'zod';
import type { Entry } from '../../../ledger/entry.ts';

export const entrySchema = z
  .object({
    seq: z.number(),
    atMs: z.number(),
    type: z.string(),
    actor: z.string(),
    subject: z.string().nullable(),
    body: z.record(z.string(), z.unknown()),
    previousHash: z.string(),
    hash: z.string(),
  })
  .meta({ id: 'LedgerEntry' });

/** As it is told: the text of a stored policy can be megabytes, so only the names of its files are. */
export function entryView(entry: Entry): z.input<typeof entrySchema> {
  if (entry.type !== 'policy.stored') return { ...entry, body: { ...entry.body } };
  const { digest, name, sources } = entry.body;
  return { ...entry, body: { digest, name, files: sources.files.map((file) => file.name) } };
}

/** `decision.proposed,decision.approved`. */
export const entryTypes = z
  .string()
  .max(500)
  .regex(/^[a-z]+\.[a-z]+(,[a-z]+\.[a-z]+)*$/, 'must be types of entries with commas between')
  .transform((text): ReadonlySet<string> => new Set(text.split(',')))
  .meta({ description: 'Only these types.', override: { type: 'string' } });
