import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROLES, type Role } from '../../../../src/edges/api/role.ts';
import { apiRoutes } from '../../../../src/edges/api/routes.ts';
import { POLICY_TEXT } from './samples.ts';
import { ServedApi } from './served-api.ts';

let api: ServedApi;
beforeAll(async () => {
  api = await ServedApi.start();
  api.store.create({ name: 'spare', role: 'viewer', expiresAtMs: null });
});
afterAll(() => api[Symbol.asyncDispose]());

const sources = { entry: 'policy.yaml', files: { 'policy.yaml': POLICY_TEXT } };

/** method, path, body, least role, status when it is allowed */
const ROUTES: [string, string, unknown, Role | 'anyone', number][] = [
  ['GET', '/healthz', undefined, 'anyone', 200],
  ['GET', '/readyz', undefined, 'anyone', 200],
  ['GET', '/openapi.json', undefined, 'anyone', 200],
  ['GET', '/metrics', undefined, 'viewer', 200],
  ['GET', '/v1/caller', undefined, 'viewer', 200],
  ['GET', '/v1/status', undefined, 'viewer', 200],
  ['GET', '/v1/flows', undefined, 'viewer', 200],
  ['GET', '/v1/hosts', undefined, 'viewer', 200],
  ['GET', '/v1/hosts/10.1.0.10', undefined, 'viewer', 200],
  ['GET', '/v1/history', undefined, 'viewer', 200],
  ['GET', '/v1/history/top?by=host', undefined, 'viewer', 200],
  ['GET', '/v1/reports', undefined, 'viewer', 200],
  ['GET', '/v1/reports/html', undefined, 'viewer', 200],
  ['GET', '/v1/reports/csv?table=hosts', undefined, 'viewer', 200],
  ['GET', '/v1/reports/kept', undefined, 'viewer', 200],
  ['GET', '/v1/reports/kept/penstock-2026-W40.html', undefined, 'viewer', 200],
  ['GET', '/v1/audit', undefined, 'viewer', 200],
  ['HEAD', '/v1/events', undefined, 'viewer', 200],
  ['GET', '/v1/policy', undefined, 'viewer', 200],
  ['GET', '/v1/names', undefined, 'viewer', 200],
  ['GET', '/v1/policy/rules', undefined, 'viewer', 200],
  ['PUT', '/v1/policy', sources, 'admin', 200],
  ['POST', '/v1/policy/check', sources, 'operator', 200],
  ['GET', '/v1/incidents', undefined, 'viewer', 200],
  ['GET', '/v1/incidents/I1', undefined, 'viewer', 200],
  ['GET', '/v1/incidents/I1/stix', undefined, 'viewer', 404],
  ['GET', '/v1/incidents/I1/evidence', undefined, 'operator', 404],
  ['GET', '/v1/incidents/I1/evidence/bundle', undefined, 'operator', 404],
  ['GET', '/v1/evidence', undefined, 'operator', 200],
  ['POST', '/v1/incidents/I1/close', {}, 'operator', 200],
  ['GET', '/v1/suppressions', undefined, 'viewer', 200],
  ['GET', '/v1/suppressions/S1', undefined, 'viewer', 200],
  ['POST', '/v1/suppressions/S1/revoke', {}, 'operator', 200],
  ['GET', '/v1/decisions', undefined, 'viewer', 200],
  ['GET', '/v1/decisions/D1', undefined, 'viewer', 200],
  [
    'POST',
    '/v1/decisions',
    { target: { kind: 'destination', prefix: '198.51.100.66' }, ttlMs: 60_000, reason: 'seen before' },
    'operator',
    201,
  ],
  ['POST', '/v1/decisions/D1/approve', undefined, 'approver', 200],
  ['POST', '/v1/decisions/D1/reject', { reason: 'known' }, 'approver', 200],
  ['POST', '/v1/decisions/D1/revoke', {}, 'operator', 200],
  ['POST', '/v1/decisions/D1/undo', {}, 'approver', 200],
  ['GET', '/v1/policy/proposal', undefined, 'viewer', 200],
  ['POST', '/v1/policy/proposals/P1/approve', undefined, 'approver', 200],
  ['POST', '/v1/policy/proposals/P1/reject', {}, 'approver', 200],
  ['GET', '/v1/breaker', undefined, 'viewer', 200],
  ['POST', '/v1/breaker/open', { reason: 'odd' }, 'operator', 200],
  ['POST', '/v1/breaker/close', { reason: 'mended' }, 'approver', 200],
  ['GET', '/v1/operators', undefined, 'operator', 200],
  ['GET', '/v1/alerts/sinks', undefined, 'viewer', 200],
  ['POST', '/v1/alerts/test', {}, 'operator', 200],
  ['GET', '/v1/revisions', undefined, 'viewer', 200],
  ['GET', '/v1/revisions/1', undefined, 'viewer', 200],
  ['GET', '/v1/revisions/1/policy', undefined, 'viewer', 200],
  ['GET', '/v1/revisions/1/diff', undefined, 'viewer', 200],
  ['POST', '/v1/revisions/1/confirm', undefined, 'admin', 200],
  ['POST', '/v1/rollback', { to: 1 }, 'admin', 200],
  ['GET', '/v1/tokens', undefined, 'admin', 200],
  ['POST', '/v1/tokens', { name: 'new', role: 'viewer' }, 'admin', 201],
  ['DELETE', '/v1/tokens/spare', undefined, 'admin', 200],
];

const asFormed = (path: string) =>
  path
    .replace(/\/(I1|D1|S1|P1)/, '/{id}')
    .replace('/revisions/1', '/revisions/{number}')
    .replace('/10.1.0.10', '/{host}')
    .replace(/\?.*/, '')
    .replace('/spare', '/{name}')
    .replace('/penstock-2026-W40.html', '/{name}');

it('tries every route there is', () => {
  const { engine, ledger, metrics, store: tokens } = api;
  const routes = apiRoutes({ engine, ledger, metrics, tokens, version: '1', now: Date.now });
  const tried = ROUTES.map(
    ([method, path]) => `${method === 'HEAD' ? 'get' : method.toLowerCase()} ${asFormed(path)}`,
  );
  expect(tried.toSorted()).toEqual(routes.map(({ method, path }) => `${method} ${path}`).toSorted());
});

describe.each(ROUTES)('%s %s', (method, path, body, least, status) => {
  const open = least === 'anyone';
  it(open ? 'needs no token' : 'needs a token', async () => {
    const response = await api.send(path, { method, body });
    expect(response.status).toBe(open ? status : 401);
    if (!open) expect(response.headers.get('www-authenticate')).toContain('Bearer');
  });
  if (open) return;

  const enough = ROLES.indexOf(least);
  it.each(ROLES.slice(0, enough))('is not for %s, and changes nothing', async (role) => {
    const before = api.engine.asked.length;
    expect((await api.send(path, { method, body, as: role })).status).toBe(403);
    expect(api.engine.asked.length).toBe(before);
  });
  it(`is for ${least}`, async () => {
    expect((await api.send(path, { method, body, as: least })).status).toBe(status);
  });
  if (method !== 'GET' || least === 'admin') return;
  it('is for every role above', async () => {
    for (const role of ROLES.slice(enough + 1)) {
      expect((await api.send(path, { method, as: role })).status).toBe(status);
    }
  });
});

it('no route met a fault of its own', () => {
  expect(api.faults).toEqual([]);
});
