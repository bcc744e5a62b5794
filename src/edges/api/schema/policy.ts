import { z } from 'zod';
import { reason } from './text.ts';

const MAX_FILES = 64;
const ENTRY_OF_TEXT = 'policy.yaml';

/** Relative, with `/`, and never out of the policy's folder. */
const fileName = z
  .string()
  .max(255)
  .regex(
    /^(?!\/)(?!(.*\/)?\.{1,2}(\/|$))[^\p{Cc}\\]+$/u,
    'must be a relative path inside the folder of the policy, without . and ..',
  );

export const policySources = z.strictObject({
  entry: fileName.meta({ example: ENTRY_OF_TEXT }),
  files: z
    .record(fileName, z.string())
    .refine((files) => Object.keys(files).length <= MAX_FILES, `must be at most ${MAX_FILES} files`)
    .meta({ description: 'Text of the entry, of what it includes and of deny list files, by name.' }),
  reason,
});

/** A single file sent as application/yaml. */
export function sourcesOfText(text: string): unknown {
  return { entry: ENTRY_OF_TEXT, files: { [ENTRY_OF_TEXT]: text } };
}

export const policyProblem = z
  .object({
    file: z.string(),
    line: z.number(),
    column: z.number(),
    field: z.string(),
    message: z.string(),
    expected: z.string(),
  })
  .meta({ id: 'PolicyProblem' });

export const policyTestSchema = z.object({
  name: z.string(),
  passed: z.boolean(),
  failures: z.array(z.string()),
  place: z.object({ file: z.string(), line: z.number(), column: z.number(), field: z.string() }),
});
