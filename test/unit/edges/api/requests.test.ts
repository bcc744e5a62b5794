import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { lost, POLICY_TEXT, revoked } from './samples.ts';
import { type Sent, ServedApi } from './served-api.ts';

let api: ServedApi;
beforeEach(async () => {
  api = await ServedApi.start();
});
afterEach(() => api[Symbol.asyncDispose]());

const block = {
  target: { kind: 'destination', prefix: '198.51.100.66' },
  ttlMs: 60_000,
  reason: 'seen before',
};
const post = (body: unknown, headers?: Record<string, string>): Sent => ({
  method: 'POST',
  as: 'admin',
  body,
  ...(headers && { headers }),
});
describe('what the engine says no to', () => {
  it.each([
    ['notFound', 404, 'not-found'],
    ['conflict', 409, 'conflict'],
    ['refused', 422, 'refused'],
    ['failed', 503, 'failed'],
  ] as const)('%s is %d', async (code, status, problem) => {
    api.engine.refuse('approve', { code, message: 'D1 says no', guardrail: 'neverBlock' });
    const { json } = await api.ask('/v1/decisions/D1/approve', post({}));
    expect(json).toMatchObject({ status, code: problem, detail: 'D1 says no', guardrail: 'neverBlock' });
  });
});

it('answers 500 without saying why when an answer does not fit its schema, and logs it', async () => {
  api.engine.answer('status', () => ({ mode: 'secret' }) as never);
  const answer = await api.ask('/v1/status', { as: 'viewer' });
  expect(answer).toMatchObject({ status: 500, json: { code: 'internal' } });
  expect(JSON.stringify(answer.json)).not.toContain('secret');
  expect(api.faults).toEqual([expect.objectContaining({ code: 'PENSTOCK_API_ANSWER' })]);
});

describe('a host', () => {
  it('is asked for by its canonical address', async () => {
    const { json } = await api.ask('/v1/hosts/2001:DB8:0:0::1', { as: 'viewer' });
    expect(json).toMatchObject({ host: '2001:db8::1', hoursWatched: 30 });
    expect(api.engine.asked).toContainEqual({ name: 'profile', params: { host: '2001:db8::1' } });
  });
  it('that is not known is not found', async () => {
    api.engine.refuse('profile', { code: 'notFound', message: 'nothing is known of a host 10.1.0.99' });
    const answer = await api.ask('/v1/hosts/10.1.0.99', { as: 'viewer' });
    expect(answer).toMatchObject({
      status: 404,
      json: { code: 'not-found', detail: expect.stringContaining('10.1.0.99') },
    });
  });
  it('is one of as many as asked for', async () => {
    const { json } = await api.ask('/v1/hosts?limit=1', { as: 'viewer' });
    expect(json).toMatchObject({ hosts: [{ host: '10.1.0.10' }], established: 7, truncated: true });
    expect(api.engine.asked).toContainEqual({ name: 'profiles', params: { limit: 1, sort: 'lastSeen' } });
  });
});

describe('policy', () => {
  const yaml = { 'content-type': 'application/yaml' };
  it('takes one file as YAML', async () => {
    const answer = await api.ask('/v1/policy?reason=new%20rule', {
      method: 'PUT',
      as: 'admin',
      body: POLICY_TEXT,
      headers: yaml,
    });
    expect(answer).toMatchObject({ status: 200, json: { revision: 3, changed: true } });
    expect(api.engine.changes()[0]).toMatchObject({
      name: 'applyPolicy',
      params: { actor: 'the-admin', reason: 'new rule', policy: { name: 'office' } },
    });
  });
  it('names line and column of what is wrong', async () => {
    const body = POLICY_TEXT.replace('from: [web]', 'from: [wbe]');
    const answer = await api.ask('/v1/policy', { method: 'PUT', as: 'admin', body, headers: yaml });
    expect(answer.status).toBe(422);
    expect(answer.json.problems[0]).toMatchObject({
      file: 'policy.yaml',
      line: 15,
      field: 'spec.rules[0].from[0]',
    });
    expect(api.engine.changes()).toEqual([]);
  });
  it('refuses a policy whose own tests fail', async () => {
    const body = POLICY_TEXT.replace('deny: ["198.51.100.1', 'deny: ["203.0.113.9');
    const answer = await api.ask('/v1/policy', { method: 'PUT', as: 'admin', body, headers: yaml });
    expect(answer).toMatchObject({ status: 422, json: { code: 'invalid-policy' } });
    expect(answer.json.problems[0].message).toContain("test 'card processor'");
    expect(api.engine.changes()).toEqual([]);
  });
  it('check tells tests and plan and changes nothing', async () => {
    const sent: Sent = { method: 'POST', as: 'operator', body: POLICY_TEXT, headers: yaml };
    const { json } = await api.ask('/v1/policy/check', sent);
    expect(json).toMatchObject({
      valid: true,
      problems: [],
      tests: [{ passed: true }],
      plan: { changed: true },
    });
    expect(api.engine.changes()).toEqual([]);
  });
  it('gives back what was written', async () => {
    const { json } = await api.ask('/v1/policy', { as: 'viewer' });
    expect(json).toMatchObject({ revision: 2, entry: 'policy.yaml', files: { 'policy.yaml': POLICY_TEXT } });
  });
});

describe('lists', () => {
  it('come newest first, a page at a time', async () => {
    const first = await api.ask('/v1/incidents?limit=2', { as: 'viewer' });
    expect(first.json).toMatchObject({ items: [{ id: 'I3' }, { id: 'I2' }], next: '2' });
    const second = await api.ask('/v1/incidents?limit=2&before=2', { as: 'viewer' });
    expect(second.json).toMatchObject({ items: [{ id: 'I1' }], next: null });
  });
  it('can be filtered', async () => {
    const { json } = await api.ask('/v1/decisions?state=pending', { as: 'viewer' });
    expect(json.items).toMatchObject([{ id: 'D2' }]);
  });
  it('of entries come oldest first and can be read on', async () => {
    const base = api.ledger.head().seq;
    api.append(lost(1), revoked('old'), lost(2), lost(3));
    const first = await api.ask('/v1/audit?type=conntrack.lost&limit=2', { as: 'viewer' });
    expect(first.json).toMatchObject({ items: [{ seq: base + 1 }, { seq: base + 3 }], next: `${base + 3}` });
    const second = await api.ask(`/v1/audit?type=conntrack&limit=2&after=${base + 3}`, { as: 'viewer' });
    expect(second.json).toMatchObject({ items: [{ seq: base + 4 }], next: null });
  });
  it('of entries can come newest first, about one thing', async () => {
    api.append(revoked('a'), revoked('b'), revoked('a'));
    const { json } = await api.ask('/v1/audit?order=newest&subject=a', { as: 'viewer' });
    const { seq } = api.ledger.head();
    expect(json).toMatchObject({ items: [{ seq }, { seq: seq - 2 }], next: null });
  });
});

describe('a person who acts is named by the token', () => {
  it.each([
    ['/v1/decisions', block, 'enact'],
    ['/v1/decisions/D1/revoke', { reason: 'mistake' }, 'revoke'],
    ['/v1/incidents/I1/close', {}, 'closeIncident'],
  ])('%s', async (path, body, name) => {
    await api.ask(path, { method: 'POST', as: 'operator', body });
    expect(api.engine.changes()).toMatchObject([{ name, params: { actor: 'the-operator' } }]);
  });
  it('and cannot name another', async () => {
    const answer = await api.ask('/v1/decisions', post({ ...block, actor: 'somebody' }));
    expect(answer.status).toBe(422);
  });
});

it('writes addresses canonically before the engine sees them', async () => {
  await api.ask(
    '/v1/decisions',
    post({ ...block, target: { kind: 'host', host: '2001:DB8:0::1', allowTo: ['::1'] } }),
  );
  expect(api.engine.changes()[0]?.params).toMatchObject({
    target: { host: '2001:db8::1', allowTo: ['::1/128'] },
  });
});
