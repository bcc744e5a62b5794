import { afterEach, beforeEach, expect, it } from 'vitest';
import { ServedApi } from './served-api.ts';

let api: ServedApi;
beforeEach(async () => {
  api = await ServedApi.start({ rates: { reads: 5, changes: 2, failures: 3 } });
});
afterEach(() => api[Symbol.asyncDispose]());

const read = () => api.ask('/v1/status', { as: 'viewer' });
const guess = (text: string) => api.ask('/v1/status', { headers: { authorization: `Bearer ${text}` } });
const times = async <T>(count: number, what: (n: number) => Promise<T>): Promise<T[]> => {
  const answers: T[] = [];
  for (let n = 0; n < count; n++) answers.push(await what(n));
  return answers;
};
const statuses = (answers: { status: number }[]) => answers.map(({ status }) => status);

it('one token that reads too often is told so, with what is left and when it may again', async () => {
  const answers = await times(6, read);
  expect(statuses(answers)).toEqual([200, 200, 200, 200, 200, 429]);
  const [first, , , , , last] = answers;
  expect(first?.headers.get('ratelimit')).toMatch(/^"reads"; r=4; t=\d+$/);
  expect(first?.headers.get('ratelimit-policy')).toMatch(/^"reads"; q=5; w=60;/);
  expect(last).toMatchObject({ json: { code: 'too-many-requests', status: 429 } });
  expect(last?.headers.get('content-type')).toContain('application/problem+json');
  expect(Number(last?.headers.get('retry-after'))).toBeGreaterThan(0);
  // It may still change something, and others may still read.
  expect((await api.ask('/v1/decisions/D1/revoke', { method: 'POST', as: 'operator' })).status).toBe(200);
  expect((await api.ask('/v1/status', { as: 'admin' })).status).toBe(200);
});

it('what is refused for its rate changes nothing', async () => {
  const revoke = () => api.ask('/v1/decisions/D1/revoke', { method: 'POST', as: 'operator' });
  expect(statuses(await times(4, revoke))).toEqual([200, 200, 429, 429]);
  expect(api.engine.changes()).toHaveLength(2);
});

it('who tries token after token is stopped, and keeps nobody out who has one', async () => {
  const tries = await times(6, (n) => guess(`pst_${String(n).repeat(43)}`));
  expect(statuses(tries)).toEqual([401, 401, 401, 429, 429, 429]);
  expect((await api.ask('/v1/status')).status).toBe(429);
  expect(statuses(await times(5, read))).toEqual([200, 200, 200, 200, 200]);
  // Nor is who has none and needs none.
  expect(statuses(await times(20, () => api.ask('/healthz')))).toEqual(Array(20).fill(200));
});

it('a role that does not suffice is no failed try', async () => {
  const refused = () => api.ask('/v1/decisions/D1/approve', { method: 'POST', as: 'operator' });
  expect(statuses(await times(3, refused))).toEqual([403, 403, 429]);
  expect((await api.ask('/v1/status')).status).toBe(401);
});

it('a stream is one request, however much it tells', async () => {
  const ending = new AbortController();
  const response = await fetch(`${api.url}/v1/events`, {
    headers: { authorization: `Bearer ${api.tokens.viewer}` },
    signal: ending.signal,
  });
  const reader = response.body?.getReader();
  for (let n = 0; n < 10; n++) {
    api.append({ type: 'token.revoked', actor: 'x', body: { name: `n${n}` } });
    await reader?.read();
  }
  expect(statuses(await times(4, read))).toEqual([200, 200, 200, 200]);
  ending.abort();
});
