import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FlowFilter } from '../../../../src/engine/commands.ts';
import { until } from '../../../network/waiting.ts';
import { flowPage } from './flow-pages.ts';
import { FLOW, lost } from './samples.ts';
import { ServedApi } from './served-api.ts';

let api: ServedApi;
beforeAll(async () => {
  api = await ServedApi.start();
});
afterAll(() => api[Symbol.asyncDispose]());

const nextOf = (headers: Headers) => /^<([^>]+)>; rel="next"$/.exec(headers.get('link') ?? '')?.[1];

/** Follows Link until it ends, as one who knows nothing else of the list. */
async function all(path: string): Promise<Record<string, unknown>[]> {
  const found: Record<string, unknown>[] = [];
  for (let next: string | undefined = path; next !== undefined; ) {
    const { status, json, headers } = await api.ask(next, { as: 'admin' });
    expect(status).toBe(200);
    found.push(...(json.items ?? json.flows ?? json.hosts ?? json.names));
    next = nextOf(headers);
    expect(next === undefined).toBe(json.next === null);
  }
  return found;
}

describe('a list is read to its end by the links alone', () => {
  it.each([
    ['/v1/incidents?limit=1', 'id', ['I3', 'I2', 'I1']],
    ['/v1/incidents?limit=2&severity=medium&host=10.1.0.10', 'id', ['I3', 'I2', 'I1']],
    ['/v1/decisions?limit=2&origin=automatic', 'id', ['D3', 'D2', 'D1']],
    ['/v1/suppressions?limit=1', 'id', ['S2', 'S1']],
    ['/v1/revisions?limit=1&kind=policy', 'number', [2, 1]],
    ['/v1/tokens?limit=3', 'name', ['the-admin', 'the-approver', 'the-operator', 'the-viewer']],
    ['/v1/tokens?limit=1&role=viewer', 'name', ['the-viewer']],
  ])('%s', async (path, field, expected) => {
    expect((await all(path)).map((item) => item[field])).toEqual(expected);
  });
  it('the audit log, from either end', async () => {
    api.append(lost(1), lost(2), lost(3));
    const path = '/v1/audit?limit=2&type=conntrack.lost';
    const seqs = (await all(path)).map(({ seq }) => seq);
    expect(seqs).toHaveLength(3);
    expect((await all(`${path}&order=newest`)).map(({ seq }) => seq)).toEqual(seqs.toReversed());
  });
  it('an address in the query stays what it is', async () => {
    const answer = await api.ask('/v1/audit?limit=1&actor=a%26b%23', { as: 'viewer' });
    expect(nextOf(answer.headers)).toBeUndefined();
    const more = await api.ask('/v1/incidents?limit=1&destination=198.51.100.66', { as: 'viewer' });
    expect(nextOf(more.headers)).toBe('/v1/incidents?limit=1&destination=198.51.100.66&before=3');
  });
});

describe('flows', () => {
  /** 1,200 flows, of which the engine gives at most `most` at a time. */
  const standing = (most: number) => (filter: FlowFilter) => {
    const from = Number(filter.after?.split('_')[1] ?? 0);
    const flows = Array.from({ length: Math.min(filter.limit, most, 1_200 - from) }, (_, n) => ({
      ...FLOW,
      hostPort: from + n + 1,
    }));
    const end = from + flows.length;
    const next = end < 1_200 ? `1_${end}` : null;
    return flowPage({ flows, standing: 1_200, truncated: next !== null, next });
  };
  it('come in one page from many questions, so that no block waits behind a long list', async () => {
    api.engine.answer('flows', standing(1e9));
    const before = api.engine.asked.length;
    const { json } = await api.ask('/v1/flows?limit=1100&sort=bytes&port=443', { as: 'viewer' });
    expect([json.flows.length, json.next]).toEqual([1_100, '1_1100']);
    const asked = api.engine.asked.slice(before).map(({ params }) => params as FlowFilter);
    expect(asked.map(({ limit, sort, port }) => [limit, sort, port])).toEqual([
      [500, 'bytes', 443],
      [500, 'bytes', 443],
      [100, 'bytes', 443],
    ]);
  });
  it('come short when the engine has looked at enough, and can be read on', async () => {
    api.engine.answer('flows', standing(20));
    const { json } = await api.ask('/v1/flows?limit=5000', { as: 'viewer' });
    expect([json.flows.length, json.truncated]).toEqual([1_000, true]);
    expect((await all('/v1/flows?limit=5000')).map(({ hostPort }) => hostPort)).toEqual(
      Array.from({ length: 1_200 }, (_, n) => n + 1),
    );
  });
  it('are asked for no further when the client has gone', async () => {
    const gate = Promise.withResolvers<void>();
    api.engine.answer('flows', standing(1e9));
    api.engine.gate = gate.promise;
    const asked = () => api.engine.asked.filter(({ name }) => name === 'flows').length;
    const before = asked();
    const leaving = new AbortController();
    const headers = { authorization: `Bearer ${api.tokens.viewer}` };
    const left = fetch(`${api.url}/v1/flows?limit=1100`, { headers, signal: leaving.signal });
    await until('the question', () => asked() > before);
    leaving.abort();
    await expect(left).rejects.toThrow();
    await until('the API to know', () => api.engine.cancelled.includes('flows'));
    api.engine.gate = undefined;
    gate.resolve();
    expect((await api.ask('/v1/breaker', { as: 'viewer' })).status).toBe(200);
    expect(asked()).toBe(before + 1);
  });
  it('are refused while the engine makes too many lists', async () => {
    const busy = await ServedApi.start();
    busy.engine.refuse('flows', { code: 'busy', message: 'too many' });
    const { status, json, headers } = await busy.ask('/v1/flows', { as: 'viewer' });
    expect([status, json.code, headers.get('retry-after')]).toEqual([503, 'busy', '1']);
    await busy[Symbol.asyncDispose]();
  });
  it.each(['after=x', 'after=1', 'port=65536', 'protocol=tcp', 'sort=name', 'rule=', 'limit=5001'])(
    'are not asked for by %s',
    async (query) => {
      expect((await api.ask(`/v1/flows?${query}`, { as: 'viewer' })).status).toBe(422);
    },
  );
});
