import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { apiRoutes } from '../../../../src/edges/api/routes.ts';
import { areaOf, SCOPES, type Scope, scopesCover } from '../../../../src/edges/api/scope.ts';
import { type Sent, ServedApi } from './served-api.ts';

let api: ServedApi;
beforeEach(async () => {
  api = await ServedApi.start();
});
afterEach(() => api[Symbol.asyncDispose]());

type Asked = [method: string, path: string, body?: unknown];

/** As an admin who is limited to these. */
async function status(scopes: readonly Scope[], [method, path, body]: Asked): Promise<number> {
  const name = `limited-${Math.random().toString(36).slice(2)}`;
  const text = api.store.create({ name, role: 'admin', expiresAtMs: null, scopes });
  const sent: Sent = {
    method,
    ...(body !== undefined && { body }),
    headers: { authorization: `Bearer ${text}` },
  };
  const response = await api.send(path, sent);
  await response.arrayBuffer();
  return response.status;
}

const METRICS: Asked = ['GET', '/metrics'];
const STATUS: Asked = ['GET', '/v1/status'];
const POLICY: Asked = ['GET', '/v1/policy'];
const REVOKE: Asked = ['POST', '/v1/decisions/D1/revoke', {}];
const CHECK: Asked = ['POST', '/v1/policy/check', { entry: 'p', files: { p: 'a: 1' } }];
const ROLLBACK: Asked = ['POST', '/v1/rollback', { to: 1 }];

describe('a token that is limited to', () => {
  it.each<[string, readonly Scope[], readonly Asked[], readonly Asked[]]>([
    ['metrics sees nothing else', ['metrics'], [METRICS], [STATUS, POLICY, REVOKE]],
    ['reading changes nothing', ['read'], [METRICS, STATUS, POLICY, CHECK], [REVOKE, ROLLBACK]],
    ['an area may all there', ['policy'], [POLICY, CHECK], [STATUS, REVOKE, ROLLBACK]],
    ['reading an area', ['policy:read'], [POLICY, CHECK], [['PUT', '/v1/policy', {}], STATUS]],
    ['several', ['decisions', 'status:read'], [REVOKE, STATUS], [POLICY, ROLLBACK]],
    ['revisions may go back to one', ['revisions'], [ROLLBACK], [POLICY]],
  ])('%s', async (_, scopes, may, mayNot) => {
    for (const asked of may) expect(await status(scopes, asked)).toBe(200);
    const before = api.engine.asked.length;
    for (const asked of mayNot) expect(await status(scopes, asked)).toBe(403);
    expect(api.engine.asked.length).toBe(before);
    // Who they are, everybody may ask.
    expect(await status(scopes, ['GET', '/v1/caller'])).toBe(200);
  });
});

describe('a token with scopes', () => {
  const make = (body: object, more: Sent = {}) =>
    api.ask('/v1/tokens', {
      method: 'POST',
      as: 'admin',
      body: { name: 'ci', role: 'operator', ...body },
      ...more,
    });
  it('is made, shown and recorded with them', async () => {
    const made = await make({ scopes: ['policy', 'read'] });
    expect(made).toMatchObject({
      status: 201,
      json: { scopes: ['policy', 'read'], token: expect.any(String) },
    });
    expect(api.engine.changes()).toMatchObject([
      { params: { entries: [{ type: 'token.created', body: { name: 'ci', scopes: ['policy', 'read'] } }] } },
    ]);
    const { items } = (await api.ask('/v1/tokens', { as: 'admin' })).json;
    expect(items.find(({ name }: { name: string }) => name === 'ci')).toMatchObject({
      scopes: ['read', 'policy'],
    });
    const caller = await api.ask('/v1/caller', { headers: { authorization: `Bearer ${made.json.token}` } });
    expect(caller.json).toMatchObject({ name: 'ci', role: 'operator', scopes: ['read', 'policy'] });
  });
  it.each([[[]], [['everything']], [['policy:write']], ['policy']])('%j is refused', async (scopes) => {
    expect((await make({ scopes })).status).toBe(422);
  });
  it('makes no token that may more than itself', async () => {
    const text = api.store.create({
      name: 'hr',
      role: 'admin',
      expiresAtMs: null,
      scopes: ['tokens', 'read'],
    });
    const as = { headers: { authorization: `Bearer ${text}` } };
    for (const scopes of [null, ['policy'], ['tokens', 'decisions']])
      expect((await make({ scopes }, as)).status).toBe(403);
    expect(api.store.find('ci')).toBeUndefined();
    expect((await make({ scopes: ['policy:read'] }, as)).status).toBe(201);
  });
  it('is not the last way in to manage tokens, unless that is among them', async () => {
    api.store.create({ name: 'metrics', role: 'admin', expiresAtMs: null, scopes: ['metrics'] });
    expect((await api.ask('/v1/tokens/the-admin', { method: 'DELETE', as: 'admin' })).status).toBe(409);
    api.store.create({ name: 'hr', role: 'admin', expiresAtMs: null, scopes: ['tokens'] });
    expect((await api.ask('/v1/tokens/the-admin', { method: 'DELETE', as: 'admin' })).status).toBe(200);
  });
});

it('every route that needs a role lies in an area', () => {
  const { engine, ledger, metrics, store: tokens } = api;
  const routes = apiRoutes({ engine, ledger, metrics, tokens, version: '1', now: Date.now });
  const outside = routes.filter(({ role, path }) => role !== 'anyone' && areaOf(path) === undefined);
  expect(outside.map(({ path }) => path)).toEqual(['/v1/caller']);
});

it('what covers what', () => {
  expect(scopesCover(null, null)).toBe(true);
  expect(scopesCover(['read'], null)).toBe(false);
  for (const scope of SCOPES) {
    expect(scopesCover([scope], [scope])).toBe(true);
    expect(scopesCover(['read'], [scope])).toBe(scope === 'read' || scope.endsWith(':read'));
    expect(scopesCover(['policy:read'], [scope])).toBe(scope === 'policy:read');
  }
});
