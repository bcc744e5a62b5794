import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { NOON } from './samples.ts';
import { ServedApi } from './served-api.ts';

let api: ServedApi;
beforeAll(async () => {
  api = await ServedApi.start();
});
afterAll(() => api[Symbol.asyncDispose]());
beforeEach(() => {
  api.history.asked.length = 0;
});

const DAY_MS = 86_400_000;
const get = (path: string) => api.ask(path, { as: 'viewer' });

describe('GET /v1/history', () => {
  it('answers sums by bucket', async () => {
    const { status, json } = await get('/v1/history?host=10.1.0.10&step=minute');
    expect(status).toBe(200);
    expect(json).toEqual({
      step: 'minute',
      points: [{ atMs: NOON, bytesOut: 1_500, bytesIn: 700, connections: 2, denied: 1 }],
    });
  });
  it('asks for the last day by the hour when nothing else is said', async () => {
    await get('/v1/history');
    expect(api.history.asked).toEqual([{ step: 'hour', fromMs: api.nowMs - DAY_MS, toMs: api.nowMs }]);
  });
  it('passes on every filter, addresses in their own spelling', async () => {
    await get('/v1/history?host=FD00:0::1&group=web&destination=a.example&rule=r1&from=5&to=9&step=day');
    expect(api.history.asked).toEqual([
      {
        host: 'fd00::1',
        group: 'web',
        destination: 'a.example',
        rule: 'r1',
        step: 'day',
        fromMs: 5,
        toMs: 9,
      },
    ]);
  });
  it.each([
    'host=10.1.0',
    'step=week',
    'from=-1',
    'from=x',
    'rule=',
    `destination=${'a'.repeat(254)}`,
    'who=1',
  ])('does not take %s', async (query) => {
    expect((await get(`/v1/history?${query}`)).status).toBe(422);
    expect(api.history.asked).toEqual([]);
  });
  it('says why it has no answer', async () => {
    api.history.refusal = { code: 'failed', message: 'no space is left' };
    const { status, json } = await get('/v1/history');
    expect([status, json.detail]).toEqual([503, 'no space is left']);
  });
});

describe('GET /v1/history/top', () => {
  it('answers those who sent most, and the rest in one', async () => {
    const { status, json } = await get('/v1/history/top?by=host&limit=5');
    expect(status).toBe(200);
    expect(json).toMatchObject({ by: 'host', step: 'hour', items: [{ key: '10.1.0.10', bytesOut: 1_500 }] });
    expect(json.other).toEqual({ bytesOut: 0, bytesIn: 0, connections: 0, denied: 0 });
    expect(api.history.asked).toMatchObject([{ by: 'host', limit: 5 }]);
  });
  it.each(['', 'by=colour', 'by=host&limit=0', 'by=host&limit=501'])('does not take %s', async (query) => {
    expect((await get(`/v1/history/top?${query}`)).status).toBe(422);
  });
  it('says what is not there to ask by', async () => {
    api.history.refusal = { code: 'refused', message: 'no database of countries is given' };
    const { status, json } = await get('/v1/history/top?by=country');
    expect([status, json.detail]).toEqual([422, 'no database of countries is given']);
  });
});
