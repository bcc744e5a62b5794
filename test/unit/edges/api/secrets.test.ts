import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { holdsSecret, withoutSecrets } from '../../../../src/edges/api/secret-text.ts';
import { POLICY_TEXT } from './samples.ts';
import { ServedApi } from './served-api.ts';

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

it('a policy whose feed has a signed URL is taken', async () => {
  const feed =
    '{id: feed, url: "https://feeds.example/a?t=eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJ1In0.c2ln", format: text, refresh: 1h}';
  const text = `${POLICY_TEXT}  denyLists: [${feed}]\n`;
  const headers = { 'content-type': 'application/yaml' };
  const { status, json } = await api.ask('/v1/policy/check', {
    as: 'admin',
    method: 'POST',
    body: text,
    headers,
  });
  expect([status, json.problems]).toEqual([200, []]);
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
