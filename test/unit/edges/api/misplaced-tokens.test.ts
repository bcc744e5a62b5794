/** A valid token in the place of whatever else a request may hold: nobody is told it, and nothing keeps it. */
import fc from 'fast-check';
import { Registry } from 'prom-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openApiDocument } from '../../../../src/edges/api/openapi.ts';
import { apiRoutes, type RouteParts } from '../../../../src/edges/api/routes.ts';
import {
  type Document,
  type MadeRequest,
  type Operation,
  operationsOf,
  RequestMaker,
} from './described-requests.ts';
import { ServedApi } from './served-api.ts';

const document = openApiDocument(
  apiRoutes({ metrics: new Registry() } as RouteParts),
  '1',
) as unknown as Document;
const maker = new RequestMaker(document);
const OPERATIONS = operationsOf(document).map((each) => [`${each.method} ${each.path}`, each] as const);

let api: ServedApi;
beforeAll(async () => {
  api = await ServedApi.start({ heartbeatMs: 60_000 });
});
afterAll(() => api[Symbol.asyncDispose]());

describe.each(OPERATIONS)('%s', (_, operation) => {
  it('keeps a token to itself wherever it was put by mistake', async () => {
    api.restoreTokens();
    const { admin, operator: token } = api.tokens;
    for (const { target, headers, body } of misplaced(operation, token)) {
      const response = await fetch(`${api.url}${target}`, {
        method: operation.method,
        ...(body !== undefined && operation.method !== 'GET' && { body }),
        headers: { ...headers, authorization: `Bearer ${admin}`, 'content-type': 'application/json' },
        signal: AbortSignal.timeout(20_000),
      });
      const isStream = response.headers.get('content-type')?.startsWith('text/event-stream');
      const told = isStream ? '' : await response.text();
      if (isStream) await response.body?.cancel();
      expect(told + JSON.stringify([...response.headers]), `${target} ${body}`).not.toContain(token);
    }
    expect(JSON.stringify(api.engine.changes())).not.toContain(token);
    expect(JSON.stringify(api.logged.map((each) => Object.values(each as object).map(String)))).not.toContain(
      token,
    );
  });
});

/** A plain request with the token in the place of each parameter, each text of the body and the body. */
function misplaced(operation: Operation, token: string): MadeRequest[] {
  const [plain] = fc.sample(maker.plain(operation), { numRuns: 1, seed: 1 });
  const { path, parameters } = operation;
  const inPath = path.includes('{') ? [path.replaceAll(/\{\w+\}/g, token)] : [];
  const inQuery = parameters.filter((each) => each.in === 'query').map(({ name }) => `${name}=${token}`);
  const inHeaders = parameters.filter((each) => each.in === 'header').map(({ name }) => ({ [name]: token }));
  const bodies = plain.body === undefined ? [] : [token, ...withText(JSON.parse(plain.body), token)];
  return [
    ...inPath.map((target) => ({ ...plain, target })),
    ...[...inQuery, `x=${token}`, token].map((query) => ({ ...plain, target: `${plain.target}?${query}` })),
    ...inHeaders.map((headers) => ({ ...plain, headers })),
    ...bodies.map((body) => ({ ...plain, body: typeof body === 'string' ? body : JSON.stringify(body) })),
  ];
}

/** The value with each of its texts replaced, one at a time, and once with a field of that name. */
function withText(value: unknown, token: string): unknown[] {
  if (typeof value === 'string') return [token, `see ${token}`];
  if (typeof value !== 'object' || value === null) return [];
  const replaced = Object.entries(value).flatMap(([name, inner]) =>
    withText(inner, token).map((other) => (Array.isArray(value) ? [other] : { ...value, [name]: other })),
  );
  return Array.isArray(value) ? replaced : [...replaced, { ...value, [token]: token }];
}
