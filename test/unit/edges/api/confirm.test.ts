import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { POLICY_TEXT } from './samples.ts';
import { ServedApi } from './served-api.ts';

let api: ServedApi;
beforeAll(async () => {
  api = await ServedApi.start();
});
afterAll(() => api[Symbol.asyncDispose]());

const body = (confirmWithin: unknown) => ({
  entry: 'policy.yaml',
  files: { 'policy.yaml': POLICY_TEXT },
  confirmWithin,
});
const put = (confirmWithin: unknown) =>
  api.send('/v1/policy', { method: 'PUT', body: body(confirmWithin), as: 'admin' });

describe('confirmWithin', () => {
  it.each([
    ['60s', 60_000],
    ['24h', 86_400_000],
  ])('%s is asked for in milliseconds, and the answer says until when', async (text, ms) => {
    const response = await put(text);
    expect(await response.json()).toMatchObject({ trial: { revision: 3, restoreTo: 2, leftMs: ms } });
    expect(api.engine.changes().at(-1)?.params).toMatchObject({ confirmWithinMs: ms });
  });

  it.each(['0s', '60', '25h', '1.5m', '-1s', 60, null, ' 60s'])('%j is refused', async (wrong) => {
    const before = api.engine.changes().length;
    const response = await put(wrong);
    expect(response.status).toBe(422);
    expect(await response.json()).toMatchObject({ problems: [{ pointer: '/confirmWithin' }] });
    expect(api.engine.changes()).toHaveLength(before);
  });
});

it('a revision has what became of its trial, and differences are told', async () => {
  const get = async (path: string) => (await api.send(path, { method: 'GET', as: 'viewer' })).json();
  expect(await get('/v1/revisions/1')).toMatchObject({ number: 1, trial: null });
  expect(await get('/v1/revisions/1/diff')).toMatchObject({
    from: { number: 1 },
    to: { number: 2 },
    policy: null,
  });
  expect(await get('/v1/revisions/1/policy')).toMatchObject({ files: { 'policy.yaml': POLICY_TEXT } });
  for (const path of ['/v1/revisions/9/diff', '/v1/revisions/1/diff?to=9', '/v1/revisions/9/policy'])
    expect(await get(path)).toMatchObject({ code: 'not-found' });
});
