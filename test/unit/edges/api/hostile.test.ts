import { once } from 'node:events';
import { connect } from 'node:net';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { decisionSchema } from '../../../../src/edges/api/schema/decision.ts';
import { ServedApi } from './served-api.ts';

let api: ServedApi;
beforeAll(async () => {
  api = await ServedApi.start({
    limits: { headersTimeout: 150, requestTimeout: 300, connectionsCheckingInterval: 50 },
  });
});
afterAll(() => api[Symbol.asyncDispose]());

const word = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc.constantFrom('10.1.0.10', '::1', '0.0.0.0/0', '::/0', 'flow', 'host', 'destination', '__proto__', ''),
);
const service = fc.record({
  protocol: fc.oneof(fc.integer(), fc.double()),
  port: fc.oneof(fc.integer(), fc.constant(null)),
});
const target = fc.record(
  {
    kind: word,
    host: word,
    destination: word,
    prefix: word,
    service,
    allowTo: fc.array(word, { maxLength: 3 }),
  },
  { requiredKeys: ['kind'] },
);
const body = fc.oneof(
  fc.jsonValue({ maxDepth: 5 }),
  fc.record({ target: fc.oneof(target, fc.jsonValue()), ttlMs: fc.oneof(fc.integer(), word), reason: word }),
);

it('no body of a manual decision meets a fault of ours, and what gets through is whole', async () => {
  await fc.assert(
    fc.asyncProperty(body, async (sent) => {
      const before = api.engine.changes().length;
      const answer = await api.ask('/v1/decisions', {
        method: 'POST',
        as: 'operator',
        body: JSON.stringify(sent),
      });
      expect([201, 400, 422]).toContain(answer.status);
      expect(api.engine.changes().length - before).toBe(answer.status === 201 ? 1 : 0);
      if (answer.status === 201) decisionSchema.parse(answer.json);
      expect(api.faults).toEqual([]);
    }),
    { numRuns: 200 },
  );
});

it.each([
  '/v1/incidents/',
  '/v1/decisions/',
  '/v1/revisions/',
  '/v1/tokens/',
  '/v1/incidents?',
  '/v1/audit?',
  '/',
])('no address under %s meets a fault of ours', async (start) => {
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: 'binary', maxLength: 30 }), async (rest) => {
      const path =
        start + encodeURIComponent(rest.toWellFormed()).replaceAll('%26', '&').replaceAll('%3D', '=');
      const response = await api.send(path, { as: 'admin' });
      await response.arrayBuffer();
      expect([200, 400, 404, 405, 422]).toContain(response.status);
      expect(api.faults).toEqual([]);
    }),
    { numRuns: 60 },
  );
});

it.each([
  ['headers that do not end', 'GET /healthz HTTP/1.1\r\nHost: localhost\r\nX: '],
  [
    'a body that does not come',
    () =>
      `PUT /v1/policy HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${api.tokens.admin}\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{`,
  ],
])('%s: the connection is cut', async (_name, text) => {
  const socket = connect(api.port, '127.0.0.1');
  let answer = '';
  socket.setEncoding('utf8').on('data', (piece) => {
    answer += piece;
  });
  socket.write(typeof text === 'string' ? text : text());
  await once(socket, 'close');
  expect(answer).toMatch(/^HTTP\/1.1 408 /);
  expect(api.engine.changes().filter(({ name }) => name === 'applyPolicy')).toEqual([]);
});

it('many readiness questions are one for the engine', async () => {
  const before = api.engine.asked.length;
  await Promise.all(Array.from({ length: 20 }, () => api.ask('/readyz')));
  expect(api.engine.asked.length - before).toBe(1);
});

it('a client that goes away while its call is carried out leaves no fault', async () => {
  let open = () => {};
  api.engine.gate = new Promise((done) => {
    open = done;
  });
  const before = api.engine.asked.length;
  const ending = new AbortController();
  const asked = fetch(`${api.url}/v1/status`, {
    headers: { authorization: `Bearer ${api.tokens.viewer}` },
    signal: ending.signal,
  });
  await expect.poll(() => api.engine.asked.length).toBe(before + 1);
  ending.abort();
  await expect(asked).rejects.toThrow();
  open();
  api.engine.gate = undefined;
  expect((await api.ask('/v1/status', { as: 'viewer' })).status).toBe(200);
  expect(api.faults).toEqual([]);
});
