/** Deny lists: inline networks, or a text file beside the policy. */
import * as z from 'zod';
import { PolicyTextError } from '../errors.ts';
import { prefixesField } from './prefix.ts';
import { durationField } from './quantity.ts';
import { nameField, proseField, refusal, textField } from './text.ts';

/** Relative path below the policy's folder, with `/`. The loader checks symbolic links too. */
export function parseRelativePath(text: string): string {
  const expected = "a path below the policy's folder, like feeds/drop.txt";
  if (/^[a-z][a-z0-9+.-]*:/i.test(text)) {
    throw new PolicyTextError(text, 'a URL, which does not work in this version', expected);
  }
  if (text === '' || text.startsWith('/')) throw new PolicyTextError(text, 'not a relative path', expected);
  if (/[\\\p{Cc}]/u.test(text))
    throw new PolicyTextError(text, 'a path with \\ or control characters', expected);
  if (text.split('/').some((step) => step === '..' || step === '.' || step === '')) {
    throw new PolicyTextError(text, "a path with '.', '..' or empty steps", expected);
  }
  return text;
}

export const relativePathField = textField({
  parse: parseRelativePath,
  description: "Path below the folder of the policy's entry file, relative to the file that names it",
  examples: ['feeds/drop.txt'],
});

const FILE_ONLY = ['format', 'refresh', 'maxAge', 'onError'] as const;

export const denyListField = z
  .strictObject({
    id: nameField,
    cidrs: prefixesField.min(1).optional(),
    file: relativePathField.optional(),
    format: nameField.optional().meta({ description: 'text: one network a line, # starts a comment' }),
    refresh: durationField.optional().meta({ description: 'Read the file again this often' }),
    maxAge: durationField.optional().meta({ description: 'Drop the last good content when it is older' }),
    onError: z
      .enum(['keepLast', 'drop'])
      .optional()
      .meta({ description: 'When the file is bad; default keepLast' }),
    reason: proseField.optional(),
  })
  .superRefine((list, context) => {
    const add = (path: string[], message: string, expected: string) =>
      context.addIssue({ code: 'custom', path, message: refusal(message, expected) });
    if ((list.cidrs === undefined) === (list.file === undefined)) {
      add([], list.file ? 'has both cidrs and file' : 'has neither cidrs nor file', 'one of cidrs and file');
    }
    if (list.file !== undefined && list.format === undefined) add(['format'], 'is left out', 'text');
    for (const field of FILE_ONLY) {
      if (list.file === undefined && list[field] !== undefined)
        add([field], 'has no meaning without file', 'leave it out');
    }
  });

export type DenyListText = z.output<typeof denyListField>;
