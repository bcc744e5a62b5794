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

const TYPE = '[a-zA-Z]+(?:\\.[a-z]+)?';

/** `decision.proposed`, or `decision` for all of them. */
export const entryType = z
  .string()
  .regex(new RegExp(`^${TYPE}$`), 'must be a type of entries such as decision.proposed, or its first part')
  .meta({ example: 'decision' });

/** Several types, with commas between; gives what tells whether a type is among them. */
export const entryTypes = z
  .string()
  .max(500)
  .regex(new RegExp(`^${TYPE}(,${TYPE})*$`), 'must be types of entries with commas between')
  .transform((text): ((type: string) => boolean) => {
    const wanted = new Set(text.split(','));
    return (type) => wanted.has(type) || wanted.has(type.split('.', 1)[0] as string);
  })
  .meta({
    description: 'Only these types.',
    example: 'decision,incident.opened',
    override: { type: 'string' },
  });
