import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decision, incident, lost } from './samples.ts';
import { type Sent, ServedApi } from './served-api.ts';

let api: ServedApi;
beforeAll(async () => {
  api = await ServedApi.start();
});
afterAll(() => api[Symbol.asyncDispose]());

const APPROVE = '/v1/decisions/D1/approve';

describe('a page of another site', () => {
  /** What a form can send without asking first (Fetch Standard, CORS-safelisted). */
  const FORMS = ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x'];
  it.each(FORMS)('gets nothing done by a form of %s, whatever its cookies', async (type) => {
    const cookie = `token=${api.tokens.admin}; authorization=Bearer ${api.tokens.admin}`;
    const sent: Sent = { method: 'POST', body: '{"reason": "x"}', headers: { 'content-type': type, cookie } };
    expect((await api.ask(APPROVE, sent)).status).toBe(401);
    // Nor by its address.
    expect(
      (await api.ask(`${APPROVE}?access_token=${api.tokens.admin}&token=${api.tokens.admin}`, sent)).status,
    ).toBe(401);
    // Even with a token it is no JSON.
    expect((await api.ask(APPROVE, { ...sent, as: 'admin' })).status).toBe(415);
    expect(api.engine.changes()).toEqual([]);
  });
  it.each<[string, Record<string, string>]>([
    ['another origin', { origin: 'https://attacker.example' }],
    ['no origin that can be told', { origin: 'null' }],
    ['an origin that is none', { origin: '127.0.0.1' }],
    ['the same host at another port', { origin: 'http://127.0.0.1:1' }],
    ['the browser says so', { 'sec-fetch-site': 'cross-site' }],
    ['a neighbour of the same site', { 'sec-fetch-site': 'same-site' }],
  ])('is refused though it had credentials: %s', async (_, headers) => {
    const answer = await api.ask(APPROVE, { method: 'POST', as: 'admin', headers });
    expect(answer).toMatchObject({ status: 403, json: { code: 'cross-site' } });
    expect(api.engine.changes()).toEqual([]);
  });
  it('may not even ask whether it may', async () => {
    const headers = { origin: 'https://attacker.example', 'access-control-request-method': 'POST' };
    const response = await api.send(APPROVE, { method: 'OPTIONS', headers });
    expect(response.status).toBe(405);
    expect([...response.headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([]);
    const read = await api.send('/v1/status', {
      as: 'viewer',
      headers: { origin: 'https://attacker.example' },
    });
    expect(read.headers.has('access-control-allow-origin')).toBe(false);
  });
  it('the console’s own pages are not', async () => {
    const headers = { origin: api.url, 'sec-fetch-site': 'same-origin' };
    expect((await api.ask(APPROVE, { method: 'POST', as: 'admin', headers })).status).toBe(200);
  });
});

describe('a script that somebody has written into', () => {
  const SCRIPT = '"><script>alert(document.domain)</script><img src=x onerror=alert(1)>';
  beforeAll(() => {
    api.append(
      {
        type: 'incident.opened',
        actor: SCRIPT,
        body: {
          incident: incident(7, { host: SCRIPT, groups: [SCRIPT], source: SCRIPT, reasons: [SCRIPT] }),
        },
      },
      { type: 'decision.proposed', actor: SCRIPT, body: { decision: decision(7, { reason: SCRIPT }) } },
      lost(1),
    );
    api.engine.answer('names', () => ({
      names: [{ name: SCRIPT, rules: [SCRIPT], addresses: [] }],
      known: 1,
      truncated: false,
      next: null,
      watching: null,
    }));
    api.engine.answer('rules', () => ({ rules: [], sinceMs: 1, source: 'connections' }));
    api.engine.refuse('revoke', { code: 'conflict', message: SCRIPT });
  });
  it.each<[string, string, Sent]>([
    ['an incident', '/v1/incidents/I7', {}],
    ['a list of them', '/v1/incidents', {}],
    ['a reason', '/v1/decisions/D7', {}],
    ['the ledger', '/v1/audit', {}],
    ['a name', '/v1/names', {}],
    ['what the engine says no with', '/v1/decisions/D7/revoke', { method: 'POST' }],
    ['the address', `/v1/incidents?${encodeURIComponent(SCRIPT)}=1`, {}],
    ['a host', `/v1/hosts/${encodeURIComponent(SCRIPT)}`, {}],
    ['a path', `/${encodeURIComponent(SCRIPT)}`, {}],
  ])('%s comes back as JSON that no browser takes for a page', async (_, path, sent) => {
    const response = await api.send(path, { as: 'admin', ...sent });
    expect(response.headers.get('content-type')).toMatch(/^application\/(problem\+)?json/);
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
    expect(response.headers.get('content-security-policy')).toContain("default-src 'none'");
    // Whole: what shows it escapes it.
    const text = await response.text();
    expect(() => JSON.parse(text)).not.toThrow();
  });
  it('goes through whole, not mended', async () => {
    expect((await api.ask('/v1/incidents/I7', { as: 'viewer' })).json.reasons).toEqual([SCRIPT]);
  });
  it('is told by an event in one line', async () => {
    const ending = new AbortController();
    const response = await fetch(`${api.url}/v1/events?after=0&type=incident`, {
      headers: { authorization: `Bearer ${api.tokens.viewer}` },
      signal: ending.signal,
    });
    expect(response.headers.get('content-type')).toMatch(/^text\/event-stream/);
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
    ending.abort();
  });
});
