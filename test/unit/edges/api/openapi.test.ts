import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { apiRoutes } from '../../../../src/edges/api/routes.ts';
import { clientTypes } from '../../../run/client-types.ts';
import { ServedApi } from './served-api.ts';

interface Operation {
  operationId: string;
  summary: string;
  tags: string[];
  security?: unknown[];
  parameters?: { name: string; in: string; required?: boolean; schema: Record<string, unknown> }[];
  requestBody?: { required: boolean; content: Record<string, { schema: unknown }> };
  responses: Record<string, { content: Record<string, { schema: Record<string, unknown> }> }>;
}
interface Document {
  openapi: string;
  info: { version: string };
  tags: { name: string }[];
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, unknown>; securitySchemes: Record<string, unknown> };
}

let api: ServedApi;
let document: Document;
beforeAll(async () => {
  api = await ServedApi.start();
  document = (await api.ask('/openapi.json')).json;
});
afterAll(() => api[Symbol.asyncDispose]());

const operations = () =>
  Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  );

function routesOf() {
  const { engine, ledger, metrics, store: tokens } = api;
  return apiRoutes({ engine, ledger, metrics, tokens, version: '1', now: Date.now });
}

const limitOf = (path: string) =>
  document.paths[path]?.get?.parameters?.find(({ name }) => name === 'limit')?.schema;
const statusesOf = ({ responses }: Operation) => Object.keys(responses);

describe('the OpenAPI document', () => {
  it('holds every route and no other', () => {
    const described = operations().map(({ method, path }) => `${method} ${path}`);
    expect(described.toSorted()).toEqual(
      routesOf()
        .map(({ method, path }) => `${method} ${path}`)
        .toSorted(),
    );
  });
  it('is of version 3.1 and tells ours', () => {
    expect(document).toMatchObject({ openapi: '3.1.0', info: { version: '9.9.9' } });
    expect(document.components.securitySchemes).toMatchObject({
      token: { type: 'http', scheme: 'bearer' },
      certificate: { type: 'mutualTLS' },
    });
  });
  it('has each operation id once', () => {
    const ids = operations().map(({ operation }) => operation.operationId);
    expect(new Set(ids).size).toBe(ids.length);
  });
  it('declares every parameter of a path', () => {
    for (const { path, operation } of operations()) {
      const named = [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]);
      const declared = (operation.parameters ?? []).filter((parameter) => parameter.in === 'path');
      expect(declared.map(({ name }) => name)).toEqual(named);
      for (const { required } of declared) expect(required).toBe(true);
    }
  });
  it('says what every operation answers, and that errors are problem documents', () => {
    for (const { operation } of operations()) {
      expect(Object.keys(operation.responses).some((status) => /^2\d\d$/.test(status))).toBe(true);
      const problem = operation.responses.default?.content['application/problem+json'];
      expect(problem?.schema).toEqual({ $ref: '#/components/schemas/Problem' });
    }
  });
  it('refers to nothing that is not in it', () => {
    const text = JSON.stringify(document);
    for (const [, name] of text.matchAll(/"#\/components\/schemas\/(\w+)"/g)) {
      expect(document.components.schemas).toHaveProperty(name as string);
    }
  });
  it('tells which bodies may be left out', () => {
    const bodies = Object.fromEntries(
      operations().flatMap(({ method, path, operation }) =>
        operation.requestBody ? [[`${method} ${path}`, operation.requestBody.required]] : [],
      ),
    );
    expect(bodies).toMatchObject({
      'post /v1/decisions': true,
      'post /v1/decisions/{id}/approve': false,
      'put /v1/policy': true,
    });
    expect(Object.keys(document.paths['/v1/policy']?.put?.requestBody?.content ?? {})).toEqual([
      'application/json',
      'application/yaml',
    ]);
  });
  it('gives numbers in queries as numbers', () => {
    expect(limitOf('/v1/flows')).toMatchObject({ type: 'integer', maximum: 5_000 });
    const limit = document.paths['/v1/incidents']?.get?.parameters?.find(({ name }) => name === 'limit');
    expect(limit?.schema).toMatchObject({ type: 'integer', minimum: 1, maximum: 500 });
  });
  it('sorts every operation under one tag that is told, and sums it up in a line', () => {
    const told = document.tags.map(({ name }) => name);
    for (const { operation } of operations()) {
      expect(operation.summary).toMatch(/^[A-Z].{5,150}[^.]$/);
      expect(operation.tags).toHaveLength(1);
      expect(told).toContain(operation.tags[0]);
    }
    expect(new Set(told).size).toBe(told.length);
  });
  it('says by status what can go wrong', () => {
    for (const { path, method, operation } of operations()) {
      const statuses = statusesOf(operation);
      const wanted = operation.security === undefined ? ['401', '403', '429'] : [];
      if (path.includes('{')) wanted.push('404');
      if (operation.requestBody) wanted.push('400', '413', '415', '422');
      if (method !== 'get') wanted.push('409');
      expect(statuses).toEqual(expect.arrayContaining(wanted));
    }
    const put = document.paths['/v1/policy']?.put as Operation;
    expect(statusesOf(put)).toContain('412');
    expect(put.parameters?.map(({ name }) => name)).toContain('If-Match');
    expect(statusesOf(document.paths['/v1/policy']?.get as Operation)).toContain('304');
  });
  it('gives an example of every body that is needed, and the API takes it', () => {
    for (const route of routesOf()) {
      if (route.kind !== 'json' || route.request.body.safeParse(undefined).success) continue;
      const { example } = route.request.body.meta() ?? {};
      expect([route.path, example]).toEqual([route.path, expect.any(Object)]);
      expect([route.path, route.request.body.safeParse(example).success]).toEqual([route.path, true]);
    }
  });
  it('is what the types of the client package are made from: npm run client-types', async () => {
    const committed = readFileSync(
      new URL('../../../../src/penstock-client/src/schema.ts', import.meta.url),
      'utf8',
    );
    expect(committed === (await clientTypes())).toBe(true);
  }, 30_000);
});
