/** Every filter that the OpenAPI document tells of filters: what it fits is there, and what it does not fit is not. */
import { Registry } from 'prom-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openApiDocument } from '../../../../src/edges/api/openapi.ts';
import { apiRoutes, type RouteParts } from '../../../../src/edges/api/routes.ts';
import { type Document, operationsOf } from './described-requests.ts';
import { NOON } from './samples.ts';
import { ServedApi } from './served-api.ts';

/** Whole lists, and what only says which part of them, or in which order. */
const PLACES = ['limit', 'before', 'after', 'order', 'sort'];
const AFTER = String(NOON + 10 * 86_400_000);

/** By when it was written, which is now. */
const EVER = String(Number.MAX_SAFE_INTEGER);
const RECORDED = { sinceMs: ['1', EVER], untilMs: [EVER, '1'] } as const;

/** Of what lies in the ledger: a value that something has, and one that nothing has. */
const FILTERS: Readonly<Record<string, Readonly<Record<string, readonly [fits: string, none: string]>>>> = {
  '/v1/incidents': {
    state: ['open', 'closed'],
    severity: ['medium', 'critical'],
    detector: ['policyViolation', 'beacon'],
    host: ['10.1.0.10', '10.1.0.99'],
    destination: ['198.51.100.66', '198.51.100.99'],
    sinceMs: [String(NOON), AFTER],
    untilMs: [AFTER, '1'],
  },
  '/v1/decisions': {
    state: ['pending', 'lapsed'],
    incident: ['I1', 'I99'],
    action: ['block', 'quarantine'],
    origin: ['automatic', 'manual'],
    detector: ['policyViolation', 'beacon'],
    host: ['10.1.0.10', '10.1.0.99'],
    destination: ['198.51.100.66', '198.51.100.99'],
    actor: ['judge', 'nobody'],
    sinceMs: [String(NOON), AFTER],
    untilMs: [AFTER, '1'],
  },
  '/v1/suppressions': {
    state: ['ended', ''],
    host: ['10.1.0.10', '10.1.0.99'],
    detector: ['beacon', 'scan'],
  },
  '/v1/revisions': {
    kind: ['policy', 'rollback'],
    actor: ['file', 'nobody'],
    ...RECORDED,
  },
  '/v1/audit': {
    type: ['incident.opened', 'drift.found'],
    subject: ['I1', 'I99'],
    actor: ['file', 'nobody'],
    ...RECORDED,
  },
  '/v1/tokens': { role: ['viewer', ''] },
};

/** Of what the engine knows: it is asked for that, and the engine's own tests show that it keeps to it. */
const ASKED: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  '/v1/hosts': { group: 'web' },
  '/v1/flows': {
    ...{ host: '10.1.0.10', destination: '203.0.113.10', protocol: '6', port: '443' },
    ...{ verdict: 'allow', rule: 'web-payments' },
  },
  '/v1/names': { name: 'mirror.example.org' },
};

const document = openApiDocument(
  apiRoutes({ metrics: new Registry() } as RouteParts),
  '1',
) as unknown as Document;

let api: ServedApi;
beforeAll(async () => {
  api = await ServedApi.start();
  const answers = [{ verb: 'approve', actor: 'judge', atMs: NOON, reason: '' }] as const;
  const { json } = await api.ask('/v1/decisions/D3', { as: 'viewer' });
  api.append({ type: 'decision.approved', actor: 'judge', body: { decision: { ...json, answers } } });
});
afterAll(() => api[Symbol.asyncDispose]());

it('are all looked at here', () => {
  for (const [path, known] of Object.entries({ ...FILTERS, ...ASKED })) {
    const operation = operationsOf(document).find((each) => each.path === path && each.method === 'GET');
    const told = operation?.parameters.filter((each) => each.in === 'query').map(({ name }) => name);
    expect(told?.filter((name) => !PLACES.includes(name)).toSorted(), path).toEqual(
      Object.keys(known).toSorted(),
    );
  }
});

describe.each(Object.entries(FILTERS))('%s', (path, filters) => {
  const count = async (query: string) => {
    const { status, json } = await api.ask(`${path}?${query}`, { as: 'admin' });
    expect([query, status]).toEqual([query, 200]);
    return json.items.length;
  };

  it.each(Object.entries(filters))('by %s', async (name, [fits, none]) => {
    expect(await count(`${name}=${fits}`)).toBeGreaterThan(0);
    if (none !== '') expect(await count(`${name}=${none}`)).toBe(0);
  });
});

describe.each(Object.entries(ASKED))('%s', (path, filters) => {
  it.each(Object.entries(filters))('by %s', async (name, value) => {
    const before = api.engine.asked.length;
    await api.ask(`${path}?${name}=${value}`, { as: 'admin' });
    const asked = JSON.stringify(api.engine.asked.slice(before).map(({ params }) => params));
    expect(asked).toContain(JSON.stringify(/^\d+$/.test(value) ? Number(value) : value));
  });
});
