/**
 * Tokens are recorded in the ledger first and made or removed after: who could act when must never be in doubt. When
 * the ledger cannot take it, nothing is changed.
 */
import PQueue from 'p-queue';
import { z } from 'zod';
import type { EngineControl } from '../../../engine/commands.ts';
import { askEngine } from '../engine-answer.ts';
import { RequestError } from '../errors.ts';
import { type Caller, jsonRoute, NOTHING, type Route } from '../route.ts';
import { madeTokenSchema, newTokenSchema, tokenName, tokenSchema } from '../schema/token.ts';
import type { NewToken, TokenStore } from '../token-store.ts';

interface Parts {
  engine: EngineControl;
  tokens: TokenStore;
  now: () => number;
}

export function tokenRoutes(parts: Parts): Route[] {
  const { tokens } = parts;
  /** One change at a time: two at once could each leave the other as the last admin. */
  const changes = new PQueue({ concurrency: 1 });
  return [
    jsonRoute({
      method: 'get',
      path: '/v1/tokens',
      role: 'admin',
      summary: 'Tokens, without their text',
      request: NOTHING,
      answer: z.object({ items: z.array(tokenSchema) }),
      handle: () => ({ items: tokens.list() }),
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

async function makeToken({ engine, tokens, now }: Parts, token: NewToken, { name: actor }: Caller) {
  if (tokens.find(token.name)) throw new RequestError('conflict', `there is a token '${token.name}' already`);
  if (token.expiresAtMs !== null && token.expiresAtMs <= now()) {
    throw new RequestError('invalid-request', 'the token would have expired already', {
      problems: [{ pointer: '/expiresAtMs', message: 'must be in the future' }],
    });
  }
  await askEngine(engine, 'record', { entries: [{ type: 'token.created', actor, body: token }] });
  const text = tokens.create(token);
  return { ...token, createdAtMs: now(), lastUsedAtMs: null, token: text };
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
