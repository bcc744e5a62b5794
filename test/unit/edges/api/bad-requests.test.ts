import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Sent, ServedApi } from './served-api.ts';

let api: ServedApi;
beforeEach(async () => {
  api = await ServedApi.start();
});
afterEach(() => api[Symbol.asyncDispose]());

const block = {
  target: { kind: 'destination', prefix: '198.51.100.66' },
  ttlMs: 60_000,
  reason: 'seen before',
};
const post = (body: unknown, headers?: Record<string, string>): Sent => ({
  method: 'POST',
  as: 'admin',
  body,
  ...(headers && { headers }),
});
const deep = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`;
const flow = (service: object) => ({
  ...block,
  target: { kind: 'flow', host: '10.1.0.10', destination: '198.51.100.66', service },
});

const CLOSE = '/v1/incidents/I1/close';
const asFalse = (suppressForMs: unknown) => ({ verdict: 'false', reason: 'known', suppressForMs });

describe('a bad request gets a problem document and changes nothing', () => {
  const cases: [string, string, Sent, number, string][] = [
    ['an address that is not there', '/v1/nothing', { as: 'admin' }, 404, 'not-found'],
    ['another case', '/V1/status', { as: 'admin' }, 404, 'not-found'],
    ['a slash at the end', '/v1/status/', { as: 'admin' }, 404, 'not-found'],
    ['a method that is not taken', '/v1/status', { method: 'PATCH', as: 'admin' }, 405, 'method-not-allowed'],
    ['a cross-origin preflight', '/v1/status', { method: 'OPTIONS' }, 405, 'method-not-allowed'],
    ['no such incident', '/v1/incidents/I99', { as: 'admin' }, 404, 'not-found'],
    ['an id that is none', '/v1/incidents/1', { as: 'admin' }, 404, 'not-found'],
    ['a path out of the ids', '/v1/incidents/..%2f..%2fetc%2fpasswd', { as: 'admin' }, 404, 'not-found'],
    ['a NUL in the id', '/v1/decisions/D1%00', { as: 'admin' }, 404, 'not-found'],
    ['a path that cannot be decoded', '/v1/incidents/%ff', { as: 'admin' }, 400, 'bad-request'],
    ['a revision that is none', '/v1/revisions/1e3', { as: 'admin' }, 404, 'not-found'],
    ['an unknown query', '/v1/incidents?sate=open', { as: 'admin' }, 422, 'invalid-request'],
    ['a query given twice', '/v1/incidents?limit=1&limit=2', { as: 'admin' }, 422, 'invalid-request'],
    ['a limit of nothing', '/v1/incidents?limit=', { as: 'admin' }, 422, 'invalid-request'],
    ['a limit too high', '/v1/incidents?limit=100000', { as: 'admin' }, 422, 'invalid-request'],
    ['a limit in hex', '/v1/incidents?limit=0x10', { as: 'admin' }, 422, 'invalid-request'],
    [
      'a query that reaches for the prototype',
      '/v1/incidents?__proto__=1',
      { as: 'admin' },
      422,
      'invalid-request',
    ],
    ['a host that is none', '/v1/flows?host=010.0.0.1', { as: 'admin' }, 422, 'invalid-request'],
    ['a host by its name', '/v1/hosts/laptop', { as: 'admin' }, 422, 'invalid-request'],
    ['a host in octal', '/v1/hosts/010.0.0.1', { as: 'admin' }, 422, 'invalid-request'],
    ['a host of any length', `/v1/hosts/${'1'.repeat(5_000)}`, { as: 'admin' }, 422, 'invalid-request'],
    ['a path out of the hosts', '/v1/hosts/..%2f..%2fstatus', { as: 'admin' }, 422, 'invalid-request'],
    ['too many hosts', '/v1/hosts?limit=501', { as: 'admin' }, 422, 'invalid-request'],
    ['no JSON', '/v1/decisions', post('{'), 400, 'invalid-body'],
    ['no body', '/v1/decisions', { method: 'POST', as: 'admin' }, 422, 'invalid-request'],
    ['null', '/v1/decisions', post('null'), 422, 'invalid-request'],
    ['an array', '/v1/decisions', post([block]), 422, 'invalid-request'],
    [
      'a key of the prototype',
      '/v1/decisions',
      post('{"__proto__": {"role": "admin"}}'),
      400,
      'invalid-body',
    ],
    ['a deep prototype', '/v1/decisions', post(`{"target": {"__proto__": 1}}`), 400, 'invalid-body'],
    ['deep JSON', '/v1/decisions', post(deep(100_000)), 400, 'invalid-body'],
    [
      'another content type',
      '/v1/decisions',
      post('a=b', { 'content-type': 'text/plain' }),
      415,
      'unsupported-media-type',
    ],
    [
      'a form',
      '/v1/decisions',
      post('a=b', { 'content-type': 'application/x-www-form-urlencoded' }),
      415,
      'unsupported-media-type',
    ],
    [
      'YAML where it is not taken',
      '/v1/decisions',
      post('a: b', { 'content-type': 'application/yaml' }),
      415,
      'unsupported-media-type',
    ],
    ['a body over 2 MiB', '/v1/decisions', post(`"${'x'.repeat(2 * 2 ** 20)}"`), 413, 'too-large'],
    ['an unknown field', '/v1/decisions', post({ ...block, fource: true }), 422, 'invalid-request'],
    [
      'an unknown field inside',
      '/v1/decisions',
      post({ ...block, target: { ...block.target, x: 1 } }),
      422,
      'invalid-request',
    ],
    ['no reason', '/v1/decisions', post({ ...block, reason: '  ' }), 422, 'invalid-request'],
    [
      'a reason of two lines',
      '/v1/decisions',
      post({ ...block, reason: 'a\nactor=admin' }),
      422,
      'invalid-request',
    ],
    [
      'a reason with an escape',
      '/v1/decisions',
      post({ ...block, reason: '\u001b[2J' }),
      422,
      'invalid-request',
    ],
    [
      'a reason that runs backwards',
      '/v1/decisions',
      post({ ...block, reason: 'a\u202eb' }),
      422,
      'invalid-request',
    ],
    ['a suppression that is none', '/v1/suppressions/I1', { as: 'admin' }, 404, 'not-found'],
    ['no such suppression', '/v1/suppressions/S99', { as: 'admin' }, 404, 'not-found'],
    ['a state of none', '/v1/suppressions?state=open', { as: 'admin' }, 422, 'invalid-request'],
    ['a verdict of none', CLOSE, post({ verdict: 'true' }), 422, 'invalid-request'],
    ['false without a reason', CLOSE, post({ verdict: 'false' }), 422, 'invalid-request'],
    ['a suppression of what was resolved', CLOSE, post({ suppressForMs: 60_000 }), 422, 'invalid-request'],
    ['no suppression of what was resolved', CLOSE, post({ suppressForMs: null }), 422, 'invalid-request'],
    ['a suppression of a moment', CLOSE, post(asFalse(59_999)), 422, 'invalid-request'],
    ['a suppression of a season', CLOSE, post(asFalse(90 * 86_400_000 + 1)), 422, 'invalid-request'],
    ['a suppression in words', CLOSE, post(asFalse('30d')), 422, 'invalid-request'],
    ['a ttl of 0', '/v1/decisions', post({ ...block, ttlMs: 0 }), 422, 'invalid-request'],
    [
      'a ttl of ten years',
      '/v1/decisions',
      post({ ...block, ttlMs: 10 * 366 * 86_400_000 }),
      422,
      'invalid-request',
    ],
    ['a ttl in text', '/v1/decisions', post({ ...block, ttlMs: '60000' }), 422, 'invalid-request'],
    [
      'host bits',
      '/v1/decisions',
      post({ ...block, target: { kind: 'destination', prefix: '198.51.100.66/24' } }),
      422,
      'invalid-request',
    ],
    [
      'a mapped address',
      '/v1/decisions',
      post({ ...block, target: { kind: 'destination', prefix: '::ffff:198.51.100.1' } }),
      422,
      'invalid-request',
    ],
    [
      'a zone id',
      '/v1/decisions',
      post({ ...block, target: { kind: 'host', host: 'fe80::1%eth0' } }),
      422,
      'invalid-request',
    ],
    [
      'a port of a protocol without ports',
      '/v1/decisions',
      post(flow({ protocol: 1, port: 80 })),
      422,
      'invalid-request',
    ],
    ['a port too high', '/v1/decisions', post(flow({ protocol: 6, port: 65_536 })), 422, 'invalid-request'],
    ['a rollback to text', '/v1/rollback', post({ to: '1' }), 422, 'invalid-request'],
    ['a rollback to 0', '/v1/rollback', post({ to: 0 }), 422, 'invalid-request'],
    [
      'a token named as the file',
      '/v1/tokens',
      post({ name: 'file', role: 'admin' }),
      422,
      'invalid-request',
    ],
    [
      'a token with a line end',
      '/v1/tokens',
      post({ name: 'a\r\nb', role: 'admin' }),
      422,
      'invalid-request',
    ],
    ['a token of no role', '/v1/tokens', post({ name: 'a', role: 'root' }), 422, 'invalid-request'],
    [
      'a token that has expired',
      '/v1/tokens',
      post({ name: 'a', role: 'viewer', expiresAtMs: 1 }),
      422,
      'invalid-request',
    ],
    ['a taken name', '/v1/tokens', post({ name: 'the-viewer', role: 'admin' }), 409, 'conflict'],
    ['no such token', '/v1/tokens/nobody', { method: 'DELETE', as: 'admin' }, 404, 'not-found'],
    ['the last admin', '/v1/tokens/the-admin', { method: 'DELETE', as: 'admin' }, 409, 'conflict'],
    [
      'a policy that is none',
      '/v1/policy',
      { ...post({ entry: 'p.yaml', files: { 'p.yaml': 'a: 1' } }), method: 'PUT' },
      422,
      'invalid-policy',
    ],
    [
      'a policy without its entry',
      '/v1/policy',
      { ...post({ entry: 'p.yaml', files: {} }), method: 'PUT' },
      422,
      'invalid-policy',
    ],
    [
      'a policy file out of its folder',
      '/v1/policy',
      { ...post({ entry: '../p.yaml', files: {} }), method: 'PUT' },
      422,
      'invalid-request',
    ],
    [
      'an idempotency key with spaces',
      '/v1/decisions',
      post(block, { 'idempotency-key': 'a b' }),
      400,
      'bad-request',
    ],
    [
      'an idempotency key too long',
      '/v1/decisions',
      post(block, { 'idempotency-key': 'k'.repeat(300) }),
      400,
      'bad-request',
    ],
  ];
  it.each(cases)('%s', async (_name, path, sent, status, code) => {
    const answer = await api.ask(path, sent);
    expect(answer.json).toMatchObject({ status, code, type: `urn:penstock:problem:${code}` });
    expect(answer.status).toBe(status);
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
    expect(JSON.stringify(answer.json)).not.toMatch(/node_modules|\.ts:|at .*\(/);
    expect(api.engine.changes()).toEqual([]);
    expect(api.faults).toEqual([]);
  });
});

it('names each fault by its place', async () => {
  const { json } = await api.ask('/v1/decisions', post({ ...block, ttlMs: -1, 'a/b~c': 1 }));
  expect(json.problems.map(({ pointer }: { pointer: string }) => pointer).toSorted()).toEqual([
    '/a~1b~0c',
    '/ttlMs',
  ]);
});

it('names the methods that are taken', async () => {
  const response = await api.send('/v1/policy', { method: 'DELETE' });
  expect(response.headers.get('allow')).toBe('GET, HEAD, PUT');
});
