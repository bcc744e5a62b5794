/** Deny lists: inline networks, or a feed: a file beside the policy, or a URL. */
import * as z from 'zod';
import { PolicyTextError } from '../errors.ts';
import { objectionToUrl } from '../feed/url.ts';
import { prefixesField } from './prefix.ts';
import { durationField, sizeField } from './quantity.ts';
import { nameField, proseField, refusal, textField } from './text.ts';

/** Relative path below the policy's folder, with `/`. The loader checks symbolic links too. */
export function parseRelativePath(text: string): string {
  const expected = "a path below the policy's folder, like feeds/drop.txt";
  if (/^[a-z][a-z0-9+.-]*:/i.test(text)) throw new PolicyTextError(text, 'a URL, not a path', expected);
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

/** Returns the URL in canonical form. */
function parseFeedUrl(text: string): string {
  const expected = 'https://..., or http:// to a loopback address such as 127.0.0.1';
  const url = URL.parse(text);
  if (url === null || url.hostname === '') throw new PolicyTextError(text, 'no URL', expected);
  const objection = objectionToUrl(url);
  if (objection !== undefined) throw new PolicyTextError(text, objection, expected);
  if (url.hash !== '') throw new PolicyTextError(text, 'a URL with #', 'the URL without that part');
  return url.href;
}

const urlField = textField({
  parse: parseFeedUrl,
  description: 'URL of a feed: https, or http to a loopback address',
  examples: ['https://feeds.example/drop.txt'],
});

export const FORMATS = ['text', 'csv', 'hosts', 'stix', 'json'] as const;

/** Most that a policy may allow one feed. */
const MOST_BYTES = 64 * 2 ** 20;
const MOST_PREFIXES = 5_000_000;
const MOST_MINUTES = 10;

const percent = (most: number) => z.number().min(0).max(most).optional();

/** Fields of every feed. */
const feedFields = {
  format: z.enum(FORMATS).optional().meta({ description: 'What the content is written in' }),
  column: z
    .union([proseField, z.int().min(1).max(1_000)])
    .optional()
    .meta({ description: 'csv: name of the column in the header line, or its number from 1' }),
  field: proseField.optional().meta({ description: 'json: field of each object that holds the address' }),
  refresh: durationField.optional().meta({ description: 'Read again this often; default for a URL 1h' }),
  maxAge: durationField.optional().meta({ description: 'Drop the last good content when it is older' }),
  onError: z
    .enum(['keepLast', 'drop'])
    .optional()
    .meta({ description: 'When the content is bad or cannot be read; default keepLast' }),
  onUnsafe: z.enum(['refuse', 'skip']).optional().meta({
    description:
      'When it lists what must never be listed (private space, neverBlock, too wide): refuse all of it (default), or skip those',
  }),
  maxBytes: sizeField
    .refine((bytes) => bytes <= MOST_BYTES, { error: refusal('is too large', 'at most 64MiB') })
    .optional()
    .meta({ description: 'Largest content, after decompression; default 16MiB' }),
  maxPrefixes: z
    .int()
    .min(1)
    .max(MOST_PREFIXES)
    .optional()
    .meta({ description: 'Most networks; default 1000000' }),
  widestPrefix: z
    .strictObject({ ipv4: z.int().min(1).max(32).default(8), ipv6: z.int().min(1).max(128).default(16) })
    .optional()
    .meta({ description: 'Length of the widest network it may hold: 8 refuses a /7' }),
  maxShrinkPercent: percent(100).meta({
    description:
      'Keep the last good content when it loses more of its networks at once; default 50, 100 for never',
  }),
  maxGrowthPercent: percent(1_000_000).meta({
    description: 'Keep the last good content when it grows by more at once; default 400',
  }),
};

const urlFields = {
  timeout: durationField
    .refine((ms) => ms <= MOST_MINUTES * 60_000, { error: refusal('is too long', 'at most 10m') })
    .optional()
    .meta({ description: 'Longest time to fetch it; default 1m' }),
};

type Fields = keyof typeof feedFields | keyof typeof urlFields;
const FEED_ONLY = Object.keys(feedFields) as Fields[];
const URL_ONLY = Object.keys(urlFields) as Fields[];

export const denyListField = z
  .strictObject({
    id: nameField,
    cidrs: prefixesField.min(1).optional(),
    file: relativePathField.optional(),
    url: urlField.optional(),
    ...feedFields,
    ...urlFields,
    reason: proseField.optional(),
  })
  .superRefine((list, context) => {
    const add = (path: string[], message: string, expected: string) =>
      context.addIssue({ code: 'custom', path, message: refusal(message, expected) });
    const given = (['cidrs', 'file', 'url'] as const).filter((source) => list[source] !== undefined);
    if (given.length !== 1) {
      add([], `has ${given.join(' and ') || 'no content'}`, 'one of cidrs, file and url');
      return;
    }
    const refuseFields = (fields: readonly Fields[], why: string) => {
      for (const field of fields) {
        if (list[field] !== undefined) add([field], `has no meaning ${why}`, 'leave it out');
      }
    };
    if (list.url === undefined) refuseFields(URL_ONLY, 'without url');
    if (list.cidrs !== undefined) {
      refuseFields(FEED_ONLY, 'without file or url');
      return;
    }
    if (list.format === undefined) add(['format'], 'is left out', FORMATS.join(', '));
    if (list.format === 'csv' && list.column === undefined)
      add(['column'], 'is left out', 'its name or number');
    if (list.format !== 'csv') refuseFields(['column'], 'without format csv');
    if (list.format !== 'json') refuseFields(['field'], 'without format json');
  });

export type DenyListText = z.output<typeof denyListField>;
