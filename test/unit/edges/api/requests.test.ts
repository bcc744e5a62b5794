import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { lost, POLICY_TEXT, revoked } from './samples.ts';
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
    ['an unknown field', '/v1/decisions', post({ ...block, force: true }), 422, 'invalid-request'],
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

it('refuses a body that is not UTF-8', async () => {
  const response = await fetch(`${api.url}/v1/decisions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${api.tokens.admin}`, 'content-type': 'application/json' },
    body: new Uint8Array([0x22, 0xff, 0x22]),
  });
  expect(response.status).toBe(400);
});

it('refuses a compressed body, so that a small one cannot grow', async () => {
  const response = await fetch(`${api.url}/v1/decisions`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${api.tokens.admin}`,
      'content-type': 'application/json',
      'content-encoding': 'gzip',
    },
    body: gzipSync(JSON.stringify(block)),
  });
  expect(response.status).toBe(415);
  expect(api.engine.changes()).toEqual([]);
});

/** Send bytes as they are and read what comes back until the server closes. */
function raw(text: string): Promise<string> {
  return new Promise((done, failed) => {
    let answer = '';
    const socket = connect(api.port, '127.0.0.1', () => socket.end(text));
    socket.on('data', (bytes) => {
      answer += bytes;
    });
    socket.on('error', failed);
    socket.on('close', () => done(answer));
  });
}

const get = (host: string, extra = '') =>
  `GET /healthz HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n${extra}\r\n`;

describe('the Host header', () => {
  it.each([
    ['127.0.0.1', 200],
    ['127.0.0.1:8731', 200],
    ['localhost:8731', 200],
    ['LOCALHOST', 200],
    ['attacker.example', 421],
    ['127.0.0.1.attacker.example', 421],
    ['localhost.attacker.example:8731', 421],
    ['127.0.0.1@attacker.example', 421],
    ['10.0.0.1', 421],
    ['[::1]', 421],
    ['', 421],
  ])('%s gets %d', async (host, status) => {
    expect(await raw(get(host))).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
  });
  it('must be there', async () => {
    expect(await raw('GET /healthz HTTP/1.1\r\nConnection: close\r\n\r\n')).toMatch(/^HTTP\/1.1 400 /);
  });
});

describe('on the wire', () => {
  it('an echoed value cannot start a header of its own', async () => {
    const answer = await raw(get('x\r\nSet-Cookie: a=b'));
    expect(answer).toMatch(/^HTTP\/1.1 421 /);
    expect(answer).not.toMatch(/^set-cookie/im);
  });
  it.each([
    ['two lengths', 'Content-Length: 1\r\nContent-Length: 2\r\n'],
    ['a length and chunks', 'Content-Length: 5\r\nTransfer-Encoding: chunked\r\n'],
    ['headers without end', `X: ${'x'.repeat(40_000)}\r\n`],
  ])('%s are refused', async (_name, headers) => {
    expect(await raw(get('localhost', headers))).toMatch(/^HTTP\/1.1 4(00|31) /);
  });
  it('every answer carries the safe headers', async () => {
    for (const path of ['/healthz', '/v1/status', '/nothing']) {
      const { headers } = await api.send(path);
      expect(Object.fromEntries(headers)).toMatchObject({
        'cache-control': 'no-store',
        'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
        'x-content-type-options': 'nosniff',
      });
      expect(headers.has('x-powered-by')).toBe(false);
      expect(headers.has('access-control-allow-origin')).toBe(false);
    }
  });
});

describe('what the engine says no to', () => {
  it.each([
    ['notFound', 404, 'not-found'],
    ['conflict', 409, 'conflict'],
    ['refused', 422, 'refused'],
    ['failed', 503, 'failed'],
  ] as const)('%s is %d', async (code, status, problem) => {
    api.engine.refuse('approve', { code, message: 'D1 says no', guardrail: 'neverBlock' });
    const { json } = await api.ask('/v1/decisions/D1/approve', post({}));
    expect(json).toMatchObject({ status, code: problem, detail: 'D1 says no', guardrail: 'neverBlock' });
  });
});

it('answers 500 without saying why when an answer does not fit its schema, and logs it', async () => {
  api.engine.answer('status', () => ({ mode: 'secret' }) as never);
  const answer = await api.ask('/v1/status', { as: 'viewer' });
  expect(answer).toMatchObject({ status: 500, json: { code: 'internal' } });
  expect(JSON.stringify(answer.json)).not.toContain('secret');
  expect(api.faults).toEqual([expect.objectContaining({ code: 'PENSTOCK_API_ANSWER' })]);
});

describe('policy', () => {
  const yaml = { 'content-type': 'application/yaml' };
  it('takes one file as YAML', async () => {
    const answer = await api.ask('/v1/policy?reason=new%20rule', {
      method: 'PUT',
      as: 'admin',
      body: POLICY_TEXT,
      headers: yaml,
    });
    expect(answer).toMatchObject({ status: 200, json: { revision: 3, changed: true } });
    expect(api.engine.changes()[0]).toMatchObject({
      name: 'applyPolicy',
      params: { actor: 'the-admin', reason: 'new rule', policy: { name: 'office' } },
    });
  });
  it('names line and column of what is wrong', async () => {
    const body = POLICY_TEXT.replace('from: [web]', 'from: [wbe]');
    const answer = await api.ask('/v1/policy', { method: 'PUT', as: 'admin', body, headers: yaml });
    expect(answer.status).toBe(422);
    expect(answer.json.problems[0]).toMatchObject({
      file: 'policy.yaml',
      line: 15,
      field: 'spec.rules[0].from[0]',
    });
    expect(api.engine.changes()).toEqual([]);
  });
  it('refuses a policy whose own tests fail', async () => {
    const body = POLICY_TEXT.replace('deny: ["198.51.100.1', 'deny: ["203.0.113.9');
    const answer = await api.ask('/v1/policy', { method: 'PUT', as: 'admin', body, headers: yaml });
    expect(answer).toMatchObject({ status: 422, json: { code: 'invalid-policy' } });
    expect(answer.json.problems[0].message).toContain("test 'card processor'");
    expect(api.engine.changes()).toEqual([]);
  });
  it('check tells tests and plan and changes nothing', async () => {
    const sent: Sent = { method: 'POST', as: 'operator', body: POLICY_TEXT, headers: yaml };
    const { json } = await api.ask('/v1/policy/check', sent);
    expect(json).toMatchObject({
      valid: true,
      problems: [],
      tests: [{ passed: true }],
      plan: { changed: true },
    });
    expect(api.engine.changes()).toEqual([]);
  });
  it('gives back what was written', async () => {
    const { json } = await api.ask('/v1/policy', { as: 'viewer' });
    expect(json).toMatchObject({ revision: 2, entry: 'policy.yaml', files: { 'policy.yaml': POLICY_TEXT } });
  });
});

describe('lists', () => {
  it('come newest first, a page at a time', async () => {
    const first = await api.ask('/v1/incidents?limit=2', { as: 'viewer' });
    expect(first.json).toMatchObject({ items: [{ id: 'I3' }, { id: 'I2' }], next: '2' });
    const second = await api.ask('/v1/incidents?limit=2&before=2', { as: 'viewer' });
    expect(second.json).toMatchObject({ items: [{ id: 'I1' }], next: null });
  });
  it('can be filtered', async () => {
    const { json } = await api.ask('/v1/decisions?state=pending', { as: 'viewer' });
    expect(json.items).toMatchObject([{ id: 'D2' }]);
  });
  it('of entries come oldest first and can be read on', async () => {
    const base = api.ledger.head().seq;
    api.append(lost(1), revoked('old'), lost(2), lost(3));
    const first = await api.ask('/v1/audit?type=conntrack.lost&limit=2', { as: 'viewer' });
    expect(first.json).toMatchObject({ items: [{ seq: base + 1 }, { seq: base + 3 }], next: `${base + 3}` });
    const second = await api.ask(`/v1/audit?type=conntrack&limit=2&after=${base + 3}`, { as: 'viewer' });
    expect(second.json).toMatchObject({ items: [{ seq: base + 4 }], next: null });
  });
  it('of entries can come newest first, about one thing', async () => {
    api.append(revoked('a'), revoked('b'), revoked('a'));
    const { json } = await api.ask('/v1/audit?order=newest&subject=a', { as: 'viewer' });
    const { seq } = api.ledger.head();
    expect(json).toMatchObject({ items: [{ seq }, { seq: seq - 2 }], next: null });
  });
});

describe('a person who acts is named by the token', () => {
  it.each([
    ['/v1/decisions', block, 'enact'],
    ['/v1/decisions/D1/revoke', { reason: 'mistake' }, 'revoke'],
    ['/v1/incidents/I1/close', {}, 'closeIncident'],
  ])('%s', async (path, body, name) => {
    await api.ask(path, { method: 'POST', as: 'operator', body });
    expect(api.engine.changes()).toMatchObject([{ name, params: { actor: 'the-operator' } }]);
  });
  it('and cannot name another', async () => {
    const answer = await api.ask('/v1/decisions', post({ ...block, actor: 'somebody' }));
    expect(answer.status).toBe(422);
  });
});

it('writes addresses canonically before the engine sees them', async () => {
  await api.ask(
    '/v1/decisions',
    post({ ...block, target: { kind: 'host', host: '2001:DB8:0::1', allowTo: ['::1'] } }),
  );
  expect(api.engine.changes()[0]?.params).toMatchObject({
    target: { host: '2001:db8::1', allowTo: ['::1/128'] },
  });
});
