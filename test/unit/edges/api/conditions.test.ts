import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { POLICY_TEXT, PROPOSAL, STATUS } from './samples.ts';
import { ServedApi } from './served-api.ts';

let api: ServedApi;
beforeEach(async () => {
  api = await ServedApi.start();
});
afterEach(() => api[Symbol.asyncDispose]());

const TAG = `"${STATUS.policy.digest}"`;
const get = (headers: Record<string, string> = {}) => api.send('/v1/policy', { as: 'viewer', headers });
const put = (headers: Record<string, string> = {}) =>
  api.ask('/v1/policy', {
    ...{ method: 'PUT', as: 'admin', body: POLICY_TEXT },
    headers: { 'content-type': 'application/yaml', ...headers },
  });
const insteadOf = () =>
  (api.engine.changes().at(-1)?.params as { insteadOf?: readonly string[] } | undefined)?.insteadOf;

describe('the policy in force', () => {
  it('is named by its digest', async () => {
    const response = await get();
    expect([response.status, response.headers.get('etag')]).toEqual([200, TAG]);
  });
  it.each([TAG, `"x", ${TAG}`, `W/${TAG}`, '*'])('is not sent again to who has it: %s', async (tags) => {
    const response = await get({ 'if-none-match': tags });
    expect([response.status, response.headers.get('etag'), await response.text()]).toEqual([304, TAG, '']);
  });
  it('is sent to who has another one', async () => {
    expect((await get({ 'if-none-match': '"x"' })).status).toBe(200);
  });
  it('nobody learns of without a token', async () => {
    const response = await api.send('/v1/policy', { headers: { 'if-none-match': TAG } });
    expect([response.status, response.headers.get('etag')]).toEqual([401, null]);
  });
});

describe('a policy is put in the place of', () => {
  it.each<[string, readonly string[] | undefined]>([
    [TAG, [STATUS.policy.digest]],
    [`"a", ${TAG}`, ['a', STATUS.policy.digest]],
    // A weak tag never matches (RFC 9110, section 13.1.1), so nothing does.
    [`W/${TAG}`, []],
    ['*', undefined],
  ])('%s', async (tags, digests) => {
    const answer = await put({ 'if-match': tags });
    expect(answer.status).toBe(200);
    expect(answer.headers.get('etag')).toBe(`"${answer.json.digest}"`);
    expect(insteadOf()).toEqual(digests);
  });
  it('whatever is in force, without a condition', async () => {
    expect((await put()).status).toBe(200);
    expect(insteadOf()).toBeUndefined();
  });
  it('nothing, when another one is in force by then', async () => {
    api.engine.refuse('applyPolicy', { code: 'changed', message: 'it is another one' });
    expect(await put({ 'if-match': TAG })).toMatchObject({
      status: 412,
      json: { code: 'precondition-failed', detail: 'it is another one' },
    });
  });
  it('nothing yet, when it waits for a second person, so no tag is told', async () => {
    api.engine.answer('applyPolicy', () => ({
      revision: 2,
      changed: false,
      trial: null,
      proposal: PROPOSAL,
    }));
    expect((await put()).headers.get('etag')).toBeNull();
  });
  it.each(['x', '"x', '"x" "y"', '', '"a","\u00e9"'])('a tag that is none is refused: %s', async (tags) => {
    expect(await put({ 'if-match': tags })).toMatchObject({ status: 400, json: { code: 'bad-request' } });
    expect(api.engine.changes()).toEqual([]);
  });
  it('the same key with another condition is another request', async () => {
    expect((await put({ 'idempotency-key': 'k', 'if-match': TAG })).status).toBe(200);
    expect((await put({ 'idempotency-key': 'k', 'if-match': '"x"' })).status).toBe(422);
    const again = await put({ 'idempotency-key': 'k', 'if-match': TAG });
    expect(again.headers.get('idempotency-replayed')).toBe('true');
  });
});

it('a condition that nothing would heed is refused', async () => {
  const sent = { method: 'POST', as: 'operator', headers: { 'if-match': TAG } } as const;
  expect((await api.ask('/v1/decisions/D1/revoke', sent)).status).toBe(400);
  expect(api.engine.changes()).toEqual([]);
});
