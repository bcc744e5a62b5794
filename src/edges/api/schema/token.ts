import { z } from 'zod';
import { ROLES } from '../role.ts';
import { SCOPES, type Scope } from '../scope.ts';
import type { Token } from '../token-store.ts';

/** `file` is who applies the policy file at start; a token of that name would pass for it. */
const RESERVED = ['file', 'penstock'];

export const tokenName = z
  .string()
  .regex(/^[a-z0-9][a-z0-9._-]{0,63}$/, 'must be 1-64 of a-z, 0-9, dot, dash and underscore');

const scope = z.enum(SCOPES as [Scope, ...Scope[]]);

export const scopesSchema = z
  .array(scope)
  .readonly()
  .nullable()
  .meta({ description: 'null: all that the role may.' });

export const newTokenSchema = z
  .strictObject({
    name: tokenName.refine((name) => !RESERVED.includes(name), 'is a reserved name'),
    role: z.enum(ROLES),
    expiresAtMs: z.int().positive().nullable().default(null).meta({ description: 'null: does not expire.' }),
    scopes: z.array(scope).min(1).max(SCOPES.length).nullable().optional().meta({
      description:
        'Only this of what the role may: read, an area such as policy, or AREA:read. null, or left out: all.',
    }),
  })
  .meta({ example: { name: 'pipeline', role: 'admin', expiresAtMs: null, scopes: ['policy'] } });

export const tokenSchema = z
  .object({
    name: z.string(),
    role: z.enum(ROLES),
    createdAtMs: z.number(),
    expiresAtMs: z.number().nullable(),
    lastUsedAtMs: z.number().nullable().meta({ description: 'To the minute; null: never used.' }),
    scopes: scopesSchema,
  })
  .meta({ id: 'Token' }) satisfies z.ZodType<Token>;

export const madeTokenSchema = tokenSchema.extend({
  token: z.string().nullable().meta({ description: 'Shown once; null in a replayed answer.' }),
});
