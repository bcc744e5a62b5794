import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Role } from '../../../../src/edges/api/role.ts';
import { anomaly } from '../../ledger/samples.ts';
import { suppression } from './samples.ts';
import { ServedApi } from './served-api.ts';

const DAY_MS = 86_400_000;

let api: ServedApi;
beforeEach(async () => {
  api = await ServedApi.start();
  api.append({ type: 'incident.opened', actor: 'penstock', body: { incident: anomaly(7) } });
});
afterEach(() => api[Symbol.asyncDispose]());

const close = (id: string, as: Role, body: object) =>
  api.ask(`/v1/incidents/${id}/close`, { method: 'POST', as, body });
const asFalse = { verdict: 'false', reason: 'the backup' };

describe('closing an incident', () => {
  it.each([
    ['nothing', {}, { reason: '', verdict: 'resolved', suppressForMs: null }],
    ['false', asFalse, { ...asFalse, suppressForMs: 30 * DAY_MS }],
    ['false for a minute', { ...asFalse, suppressForMs: 60_000 }, { ...asFalse, suppressForMs: 60_000 }],
    [
      'false for three months',
      { ...asFalse, suppressForMs: 90 * DAY_MS },
      { ...asFalse, suppressForMs: 90 * DAY_MS },
    ],
    ['false and no more', { ...asFalse, suppressForMs: null }, { ...asFalse, suppressForMs: null }],
  ])('saying %s asks for that', async (_, body, asked) => {
    expect((await close('I7', 'approver', body)).status).toBe(200);
    expect(api.engine.changes()).toEqual([
      { name: 'closeIncident', params: { id: 'I7', actor: 'the-approver', ...asked } },
    ]);
  });

  it('answers with the incident, what it taught and why nothing', async () => {
    const incident = anomaly(7, { state: 'closed' });
    api.engine.answer('closeIncident', () => ({ incident, suppressions: [suppression(3)], note: 'x' }));
    expect((await close('I7', 'approver', asFalse)).json).toEqual({
      ...incident,
      suppressions: [suppression(3)],
      note: 'x',
    });
  });

  it.each([
    ['an anomaly as resolved', 'I7', {}],
    ['an anomaly as false, to be reported again', 'I7', { ...asFalse, suppressForMs: null }],
    ['what the policy says, as false', 'I1', asFalse],
    ['what is not there', 'I99', asFalse],
  ])('an operator may close %s', async (_, id, body) => {
    expect((await close(id, 'operator', body)).status).toBe(200);
  });

  it('an operator may not suppress, is told what would do, and nothing is changed', async () => {
    const { status, json, headers } = await close('I7', 'operator', asFalse);
    expect([status, json.code]).toEqual([403, 'forbidden']);
    expect(json.detail).toMatch(/needs the role approver; the token 'the-operator' has operator/);
    expect(json.detail).toContain('suppressForMs null');
    expect(headers.get('www-authenticate')).toContain('insufficient_scope');
    expect(api.engine.changes()).toEqual([]);
  });
});

describe('suppressions', () => {
  const list = async (query: string) => (await api.ask(`/v1/suppressions${query}`, { as: 'viewer' })).json;

  it('are listed with how often they were hit; those that have ended without', async () => {
    const { items, next } = await list('');
    expect(next).toBeNull();
    expect(items).toEqual([
      {
        ...suppression(2),
        destination: null,
        service: null,
        state: 'revoked',
        endedAtMs: expect.any(Number),
        hits: null,
      },
      { ...suppression(1), hits: 5 },
    ]);
    expect(api.engine.asked).toEqual([{ name: 'suppressionHits', params: { ids: ['S1'] } }]);
  });
  it.each([
    ['?state=active', ['S1'], null],
    ['?state=ended', ['S2'], null],
    ['?limit=1', ['S2'], '2'],
    ['?limit=1&before=2', ['S1'], null],
  ])('%s', async (query, ids, next) => {
    const page = await list(query);
    expect([page.items.map(({ id }: { id: string }) => id), page.next]).toEqual([ids, next]);
  });
  it('one that has just ended has no hits, whatever the ledger still says', async () => {
    api.engine.answer('suppressionHits', () => ({}));
    expect((await api.ask('/v1/suppressions/S1', { as: 'viewer' })).json).toEqual({
      ...suppression(1),
      hits: null,
    });
  });
  it('that have all ended can be read without the engine', async () => {
    api.engine.refuse('suppressionHits', { code: 'failed', message: 'no' });
    expect((await list('?state=ended')).items).toHaveLength(1);
  });
  it('are revoked by who says why', async () => {
    const sent = { method: 'POST', as: 'operator', body: { reason: 'moved' } } as const;
    const { status, json } = await api.ask('/v1/suppressions/S1/revoke', sent);
    expect([status, json.state]).toEqual([200, 'revoked']);
    expect(api.engine.changes()).toEqual([
      { name: 'revokeSuppression', params: { id: 'S1', actor: 'the-operator', reason: 'moved' } },
    ]);
  });
});

it('entries can be asked for by every type there is', async () => {
  api.append({ type: 'denyLists.failed', actor: 'penstock', body: { policyDigest: 'd', problems: [] } });
  for (const type of ['denyLists.failed', 'denyLists', 'suppression.created'])
    expect((await api.ask(`/v1/audit?type=${type}`, { as: 'viewer' })).json.items).not.toEqual([]);
});
