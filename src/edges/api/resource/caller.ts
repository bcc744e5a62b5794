import { z } from 'zod';
import { ROLES } from '../role.ts';
import { jsonRoute, NOTHING, type Route } from '../route.ts';
import { scopesSchema } from '../schema/token.ts';

const callerSchema = z
  .object({
    name: z.string(),
    role: z.enum(ROLES),
    scopes: scopesSchema,
    expiresAtMs: z.number().nullable(),
  })
  .meta({ id: 'Caller', description: 'Who a token speaks for.' });

/** So that a console offers only what the token may do. */
export function callerRoutes(): Route[] {
  return [
    jsonRoute({
      method: 'get',
      path: '/v1/caller',
      role: 'viewer',
      summary: 'Whose token this is, and what it may do',
      request: NOTHING,
      answer: callerSchema,
      handle: (_asked, { name, role, scopes, expiresAtMs }) => ({ name, role, scopes, expiresAtMs }),
    }),
  ];
}
