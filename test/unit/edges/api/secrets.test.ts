import fc from 'fast-check';
import { Registry } from 'prom-client';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openApiDocument } from '../../../../src/edges/api/openapi.ts';
import { apiRoutes, type RouteParts } from '../../../../src/edges/api/routes.ts';
import { holdsSecret, withoutSecrets } from '../../../../src/edges/api/secret-text.ts';
import {
  type Document,
  type MadeRequest,
  type Operation,
  operationsOf,
  RequestMaker,
} from './described-requests.ts';
import { POLICY_TEXT } from './samples.ts';
import { ServedApi } from './served-api.ts';

const document = openApiDocument(
  apiRoutes({ metrics: new Registry() } as RouteParts),
  '1',
) as unknown as Document;
const maker = new RequestMaker(document);
const OPERATIONS = operationsOf(document).map((each) => [`${each.method} ${each.path}`, each] as const);

let api: ServedApi;
beforeEach(async () => {
  api = await ServedApi.start();
});
afterEach(() => api[Symbol.asyncDispose]());

/** Wherever somebody may put a token by mistake, or to see it again. */
const places = (token: string): [string, Parameters<ServedApi['send']>[1]][] => [
  [`/v1/incidents/${token}`, {}],
  [`/v1/tokens/${token}`, { method: 'DELETE' }],
  [`/v1/status?token=${token}`, {}],
  [`/${token}`, {}],
  ['/v1/status', { headers: { authorization: `Basic ${token}` } }],
  ['/v1/status', { headers: { authorization: `Bearer ${token}x` } }],
  ['/v1/status', { headers: { cookie: token, 'x-token': token } }],
  ['/v1/decisions/D1/revoke', { method: 'POST', body: { reason: token } }],
  ['/v1/decisions/D1/revoke', { method: 'POST', body: { [token]: token } }],
  ['/v1/decisions/D1/revoke', { method: 'POST', body: token }],
  ['/v1/decisions/D1/revoke', { method: 'POST', headers: { 'idempotency-key': token } }],
  ['/v1/decisions/D1/revoke', { method: 'POST', headers: { 'if-match': token } }],
  ['/v1/decisions/D1/revoke', { method: 'POST', headers: { 'penstock-session': token } }],
  ['/v1/policy', { method: 'PUT', body: { entry: token, files: {} } }],
];

describe.each([true, false])('a token is told to nobody (the daemon works: %s)', (works) => {
  it('neither in an answer nor in the log nor in the ledger', async () => {
    if (!works)
      for (const name of ['status', 'revoke'] as const)
        api.engine.answer(name, () => ({ broken: true }) as never);
    const token = api.tokens.admin;
    for (const [path, sent] of places(token)) {
      const headers = { authorization: `Bearer ${token}`, ...sent?.headers };
      const response = await api.send(path, { ...sent, headers });
      const told = (await response.text()) + JSON.stringify([...response.headers]);
      expect(told).not.toContain(token);
    }
    expect(JSON.stringify(api.logged.map((each) => Object.values(each as object).map(String)))).not.toContain(
      token,
    );
    expect(JSON.stringify(api.engine.asked)).not.toContain(token);
    expect(JSON.stringify(api.ledger.entries({ limit: 1_000 }))).not.toContain(token);
    const shown = await Promise.all(
      ['/v1/tokens', '/v1/audit?limit=1000', '/v1/caller', '/metrics'].map(async (path) =>
        (await api.send(path, { as: 'admin' })).text(),
      ),
    );
    for (const text of shown) for (const each of Object.values(api.tokens)) expect(text).not.toContain(each);
  });
});

describe.each(OPERATIONS)('%s', (_, operation) => {
  it('keeps a token to itself wherever it was put by mistake', async () => {
    const { admin, operator: token } = api.tokens;
    for (const { target, headers, body } of misplaced(operation, token)) {
      const response = await fetch(`${api.url}${target}`, {
        method: operation.method,
        ...(body !== undefined && operation.method !== 'GET' && { body }),
        headers: { ...headers, authorization: `Bearer ${admin}`, 'content-type': 'application/json' },
        signal: AbortSignal.timeout(20_000),
      });
      const isStream = response.headers.get('content-type')?.startsWith('text/event-stream');
      const told = isStream ? '' : await response.text();
      if (isStream) await response.body?.cancel();
      expect(told + JSON.stringify([...response.headers]), `${target} ${body}`).not.toContain(token);
    }
    expect(JSON.stringify(api.engine.changes())).not.toContain(token);
    expect(JSON.stringify(api.logged.map((each) => Object.values(each as object).map(String)))).not.toContain(
      token,
    );
  });
});

/** A plain request with the token in the place of each parameter, each text of the body and the body. */
function misplaced(operation: Operation, token: string): MadeRequest[] {
  const [plain] = fc.sample(maker.plain(operation), { numRuns: 1, seed: 1 });
  const { path, parameters } = operation;
  const inPath = path.includes('{') ? [path.replaceAll(/\{\w+\}/g, token)] : [];
  const inQuery = parameters.filter((each) => each.in === 'query').map(({ name }) => `${name}=${token}`);
  const inHeaders = parameters.filter((each) => each.in === 'header').map(({ name }) => ({ [name]: token }));
  const bodies = plain.body === undefined ? [] : [token, ...withText(JSON.parse(plain.body), token)];
  return [
    ...inPath.map((target) => ({ ...plain, target })),
    ...[...inQuery, `x=${token}`, token].map((query) => ({ ...plain, target: `${plain.target}?${query}` })),
    ...inHeaders.map((headers) => ({ ...plain, headers })),
    ...bodies.map((body) => ({ ...plain, body: typeof body === 'string' ? body : JSON.stringify(body) })),
  ];
}

/** The value with each of its texts replaced, one at a time, and once with a field of that name. */
function withText(value: unknown, token: string): unknown[] {
  if (typeof value === 'string') return [token, `see ${token}`];
  if (typeof value !== 'object' || value === null) return [];
  const replaced = Object.entries(value).flatMap(([name, inner]) =>
    withText(inner, token).map((other) => (Array.isArray(value) ? [other] : { ...value, [name]: other })),
  );
  return Array.isArray(value) ? replaced : [...replaced, { ...value, [token]: token }];
}

it('a policy that holds a token in a comment is refused: its text would stand in the ledger for good', async () => {
  const text = `# curl -H "authorization: Bearer ${api.tokens.operator}"\n${POLICY_TEXT}`;
  const headers = { 'content-type': 'application/yaml' };
  for (const [path, method] of [
    ['/v1/policy', 'PUT'],
    ['/v1/policy/check', 'POST'],
  ] as const) {
    const { status, json } = await api.ask(path, { as: 'admin', method, body: text, headers });
    expect([status, json.code]).toEqual([422, 'invalid-request']);
    expect(JSON.stringify(json)).toMatch(/must hold no token/);
  }
  expect(api.engine.changes()).toEqual([]);
});

it('a fault is logged with its path, and a token in it is not', async () => {
  api.engine.answer('profile', () => ({ broken: true }) as never);
  api.engine.answer('status', () => ({ broken: true }) as never);
  expect((await api.ask('/v1/status', { as: 'viewer' })).status).toBe(500);
  expect(api.logged).toMatchObject([{ method: 'GET', path: '/v1/status' }]);
  expect(withoutSecrets(`/v1/x/${api.tokens.admin}/y`)).toBe('/v1/x/[secret]/y');
});

it.each([
  ['pst_'.concat('a'.repeat(43)), true],
  ['a '.concat('pst_', 'Z'.repeat(43), ' b'), true],
  ['eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJ1In0.c2lnbmF0dXJl', true],
  ['pst_short', false],
  ['see ticket SEC-1412', false],
])('%s is a secret: %s', (text, secret) => {
  expect(holdsSecret(text)).toBe(secret);
});
