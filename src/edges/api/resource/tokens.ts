/**
 * Tokens are recorded in the ledger first and made or removed after: who could act when must never be in doubt. When
 * the ledger cannot take it, nothing is changed.
 */
import PQueue from 'p-queue';
import { z } from 'zod';
import type { EngineControl } from '../../../engine/commands.ts';
import { forbidden } from '../authentication.ts';
import { askEngine } from '../engine-answer.ts';
import { RequestError } from '../errors.ts';
import { ROLES } from '../role.ts';
import { type Caller, jsonRoute, NOTHING, type Route } from '../route.ts';
import { cursorAfter, pageOf } from '../schema/page.ts';
import { integerText } from '../schema/text.ts';
import { madeTokenSchema, newTokenSchema, tokenName, tokenSchema } from '../schema/token.ts';
import { scopesCover } from '../scope.ts';
import type { NewToken, TokenStore } from '../token-store.ts';

interface Parts {
  engine: EngineControl;
  tokens: TokenStore;
  now: () => number;
}

const query = {
  role: z.enum(ROLES).optional(),
  ...cursorAfter(tokenName),
  limit: integerText(1, 1_000).default(500),
};

export function tokenRoutes(parts: Parts): Route[] {
  const { tokens } = parts;
  /** One change at a time: two at once could each leave the other as the last admin. */
  const changes = new PQueue({ concurrency: 1 });
  return [
    jsonRoute({
      method: 'get',
      path: '/v1/tokens',
      role: 'admin',
      summary: 'Tokens by name, without their text',
      request: { ...NOTHING, query: z.strictObject(query) },
      answer: pageOf(tokenSchema),
      handle: ({ query: { limit, ...rest } }) => {
        const found = tokens.page({ ...rest, limit: limit + 1 });
        const items = found.slice(0, limit);
        return { items, next: found.length > limit ? (items.at(-1)?.name ?? null) : null };
      },
    }),
    jsonRoute({
      method: 'post',
      path: '/v1/tokens',
      role: 'admin',
      summary: 'Make a token; its text is shown once',
      status: 201,
      request: { ...NOTHING, body: newTokenSchema },
      answer: madeTokenSchema,
      remember: (answer) => ({ ...madeTokenSchema.parse(answer), token: null }),
      handle: ({ body }, caller) => changes.add(() => makeToken(parts, body, caller)),
    }),
    jsonRoute({
      method: 'delete',
      path: '/v1/tokens/{name}',
      role: 'admin',
      summary: 'Revoke a token at once',
      request: { ...NOTHING, params: z.strictObject({ name: tokenName }) },
      answer: tokenSchema,
      handle: ({ params: { name } }, caller) => changes.add(() => revokeToken(parts, name, caller)),
    }),
  ];
}

async function makeToken({ engine, tokens, now }: Parts, token: NewToken, { name: actor, scopes }: Caller) {
  if (!scopesCover(scopes, token.scopes ?? null)) {
    throw forbidden(`'${actor}' is limited to ${scopes?.join(', ')}: a token that it makes may have no more`);
  }
  if (tokens.find(token.name)) throw new RequestError('conflict', `there is a token '${token.name}' already`);
  if (token.expiresAtMs !== null && token.expiresAtMs <= now()) {
    throw new RequestError('invalid-request', 'the token would have expired already', {
      problems: [{ pointer: '/expiresAtMs', message: 'must be in the future' }],
    });
  }
  await askEngine(engine, 'record', { entries: [{ type: 'token.created', actor, body: token }] });
  const text = tokens.create(token);
  return { scopes: null, ...token, createdAtMs: now(), lastUsedAtMs: null, token: text };
}

async function revokeToken({ engine, tokens }: Parts, name: string, { name: actor }: Caller) {
  const token = tokens.find(name);
  if (!token) throw new RequestError('not-found', `there is no token '${name}'`);
  if (tokens.isLastAdmin(name)) {
    throw new RequestError(
      'conflict',
      `'${name}' is the last admin token that does not expire: make another first`,
    );
  }
  await askEngine(engine, 'record', { entries: [{ type: 'token.revoked', actor, body: { name } }] });
  tokens.remove(name);
  return token;
}
