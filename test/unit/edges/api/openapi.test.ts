import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { apiRoutes } from '../../../../src/edges/api/routes.ts';
import { ServedApi } from './served-api.ts';

interface Operation {
  operationId: string;
  security?: unknown[];
  parameters?: { name: string; in: string; required?: boolean; schema: Record<string, unknown> }[];
  requestBody?: { required: boolean; content: Record<string, { schema: unknown }> };
  responses: Record<string, { content: Record<string, { schema: Record<string, unknown> }> }>;
}
interface Document {
  openapi: string;
  info: { version: string };
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

describe('the OpenAPI document', () => {
  it('holds every route and no other', () => {
    const { engine, ledger, metrics, store: tokens } = api;
    const routes = apiRoutes({ engine, ledger, metrics, tokens, version: '1', now: Date.now });
    const described = operations().map(({ method, path }) => `${method} ${path}`);
    expect(described.toSorted()).toEqual(routes.map(({ method, path }) => `${method} ${path}`).toSorted());
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
    const limit = document.paths['/v1/incidents']?.get?.parameters?.find(({ name }) => name === 'limit');
    expect(limit?.schema).toMatchObject({ type: 'integer', minimum: 1, maximum: 500 });
  });
});
