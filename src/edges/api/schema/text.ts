/** Values as they stand in paths, queries and bodies. All text is bounded. */
import { z } from 'zod';
import { formatAddress, parseAddress } from '../../../address/address.ts';
import { AddressError } from '../../../address/errors.ts';
import { formatPrefix, parsePrefix } from '../../../address/prefix.ts';
import { PolicyTextError } from '../../../policy/errors.ts';
import { parseDuration } from '../../../policy/schema/quantity.ts';
import { holdsSecret } from '../secret-text.ts';

/** A whole number as text in a query. */
export function integerText(minimum: number, maximum: number) {
  return z
    .string()
    .regex(/^(0|[1-9][0-9]{0,15})$/, 'must be a whole number')
    .transform(Number)
    .pipe(z.number().min(minimum).max(maximum))
    .meta({ override: { type: 'integer', pattern: undefined, minimum, maximum } });
}

/** Whole numbers as text in a path: `/v1/revisions/12`. */
export const revisionText = integerText(1, Number.MAX_SAFE_INTEGER);

export const incidentId = z.string().regex(/^I[1-9][0-9]{0,15}$/);
export const decisionId = z.string().regex(/^D[1-9][0-9]{0,15}$/);
export const proposalId = z.string().regex(/^P[1-9][0-9]{0,15}$/);
export const suppressionId = z.string().regex(/^S[1-9][0-9]{0,15}$/);

/** Names that a policy gives: of rules, lists and groups. */
export const ruleId = z.string().min(1).max(128);

/** Who acts: the name of a token, `oidc:NAME`, `cert:NAME`, `file` or `penstock`. */
export const actorName = z.string().min(1).max(200);

/** One line a person wrote: control characters would let it pass for something else in a log or a terminal. */
export const sentence = z
  .string()
  .trim()
  .max(500)
  .regex(/^[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}]*$/u, 'must be one line without control characters')
  .refine((text) => !holdsSecret(text), 'must hold no token: it would stand in the ledger for good');

export const reason = sentence.default('').meta({ description: 'Why; goes into the ledger.' });
export const requiredReason = sentence.min(1).meta({ description: 'Why; goes into the ledger.' });

export const force = z
  .boolean()
  .default(false)
  .meta({ description: 'Though it cuts the path of an operator; that it was forced goes into the ledger.' });

/** The same in a query. */
export const forceText = z
  .stringbool({ truthy: ['true'], falsy: ['false'] })
  .default(false)
  .meta({
    override: { type: 'string', enum: ['true', 'false'] },
  });

/** Canonical text comes out, whatever spelling went in. */
export const addressText = canonical((text) => formatAddress(parseAddress(text)), '203.0.113.9');
export const prefixText = canonical((text) => formatPrefix(parsePrefix(text)), '203.0.113.0/24');

/** What stands as it is in a decision: an address alone, a prefix of more than one with its length. */
export const addressOrPrefix = canonical(
  (text) => (text.includes('/') ? formatPrefix(parsePrefix(text)) : formatAddress(parseAddress(text))),
  '203.0.113.0/24',
);

function canonical(spell: (text: string) => string, example: string) {
  return z
    .string()
    .max(64)
    .transform((text, context) => {
      try {
        return spell(text);
      } catch (error) {
        if (!(error instanceof AddressError)) throw error;
        context.addIssue({ code: 'custom', message: error.message });
        return z.NEVER;
      }
    })
    .meta({ example, override: { type: 'string' } });
}

const MAX_TRIAL_MS = 86_400_000;

/** How long a policy may wait to be confirmed: `60s`, `10m`; gives milliseconds. */
export const confirmWithin = z
  .string()
  .max(16)
  .transform((text, context) => {
    try {
      const ms = parseDuration(text);
      if (ms <= MAX_TRIAL_MS) return ms;
      context.addIssue({ code: 'custom', message: 'must be at most 24h' });
    } catch (error) {
      if (!(error instanceof PolicyTextError)) throw error;
      context.addIssue({ code: 'custom', message: error.message });
    }
    return z.NEVER;
  })
  .meta({
    description: 'The policy is taken back by itself unless it is confirmed within this time, 1s to 24h.',
    example: '60s',
    override: { type: 'string' },
  });

/** Milliseconds since the epoch. */
export const timeMs = z.number();
