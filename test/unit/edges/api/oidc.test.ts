import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT, UnsecuredJWT } from 'jose';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Sent, ServedApi } from './served-api.ts';

/** An identity provider on loopback. */
class Provider {
  readonly #server: Server;
  readonly asked: string[] = [];
  keys: object[] = [];
  /** Answers in its place. */
  instead: ((response: ServerResponse) => void) | undefined;

  private constructor(server: Server) {
    this.#server = server;
    server.on('request', (request, response) => {
      this.asked.push(request.url ?? '');
      if (this.instead) return this.instead(response);
      const found = request.url?.startsWith('/.well-known/')
        ? { issuer: this.issuer, jwks_uri: `${this.issuer}/keys` }
        : { keys: this.keys };
      response.setHeader('content-type', 'application/json').end(JSON.stringify(found));
    });
  }

  static async start(): Promise<Provider> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new Provider(server);
  }

  get issuer(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((done) => this.#server.close(done));
  }
}

let provider: Provider;
let api: ServedApi;
let signing: Awaited<ReturnType<typeof generateKeyPair>>;
let strange: typeof signing;

beforeAll(async () => {
  [signing, strange] = await Promise.all([generateKeyPair('ES256'), generateKeyPair('ES256')]);
});
beforeEach(async () => {
  provider = await Provider.start();
  provider.keys = [{ ...(await exportJWK(signing.publicKey)), kid: 'one', alg: 'ES256', use: 'sig' }];
  api = await ServedApi.start({
    oidc: {
      ...{ issuer: provider.issuer, audience: 'penstock', rolesClaim: 'realm.groups', nameClaim: 'email' },
      roles: { staff: 'viewer', netsec: 'approver', toString: 'admin' as never },
    },
  });
});
afterEach(async () => {
  await api[Symbol.asyncDispose]();
  await provider.stop();
});

const CLAIMS = { sub: 'u-1', email: 'ada@example.org', realm: { groups: ['staff', 'netsec', 'others'] } };
const inSeconds = (offset: number) => Math.floor(api.nowMs / 1_000) + offset;

interface Made {
  claims?: JWTPayload;
  header?: { alg?: string; kid?: string };
  key?: Parameters<SignJWT['sign']>[0];
}

function made({ claims = {}, header = {}, key = signing.privateKey }: Made = {}): Promise<string> {
  const whole = { iss: provider.issuer, aud: 'penstock', exp: inSeconds(300), ...CLAIMS, ...claims };
  return new SignJWT(whole).setProtectedHeader({ alg: 'ES256', kid: 'one', ...header }).sign(key);
}

const as = (text: string, more: Sent = {}): Sent => ({
  ...more,
  headers: { authorization: `Bearer ${text}` },
});
const asked = async (token: Made) => api.ask('/v1/caller', as(await made(token)));

describe('a token of the identity provider', () => {
  it('speaks for its person, with the most that their groups may, and what they change is theirs', async () => {
    const text = await made();
    expect(await api.ask('/v1/caller', as(text))).toMatchObject({
      status: 200,
      json: {
        name: 'oidc:ada@example.org',
        role: 'approver',
        scopes: null,
        expiresAtMs: inSeconds(300) * 1_000,
      },
    });
    const sent: Sent = { method: 'POST', body: { reason: 'seen' } };
    expect((await api.ask('/v1/decisions/D1/approve', as(text, sent))).status).toBe(200);
    expect(api.engine.changes()).toMatchObject([
      { name: 'approve', params: { actor: 'oidc:ada@example.org' } },
    ]);
    expect((await api.ask('/v1/tokens', as(text))).status).toBe(403);
    // Both tokens are the same person's: a key that was used is theirs.
    const keyed = (token: string) =>
      api.ask('/v1/decisions/D1/revoke', {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'idempotency-key': 'k' },
      });
    expect((await keyed(text)).headers.get('idempotency-replayed')).toBeNull();
    expect(
      (await keyed(await made({ claims: { jti: 'another' } }))).headers.get('idempotency-replayed'),
    ).toBe('true');
  });
  it('asks the provider for its keys once', async () => {
    for (let n = 0; n < 5; n++) expect((await asked({})).status).toBe(200);
    expect(provider.asked).toEqual(['/.well-known/openid-configuration', '/keys']);
  });
  it.each<[string, () => Made | Promise<Made>]>([
    ['of another key', () => ({ key: strange.privateKey })],
    ['of a key that nobody knows', () => ({ header: { kid: 'two' } })],
    ['for somebody else', () => ({ claims: { aud: 'mail' } })],
    ['of another issuer', () => ({ claims: { iss: 'https://id.example.org' } })],
    ['that has expired', () => ({ claims: { exp: inSeconds(-6) } })],
    ['that does not count yet', () => ({ claims: { nbf: inSeconds(60) } })],
    ['that never expires', () => ({ claims: { exp: undefined } })],
    ['of nobody', () => ({ claims: { sub: undefined } })],
    ['without a name', () => ({ claims: { email: undefined } })],
    ['whose name is two lines', () => ({ claims: { email: 'ada\nadmin' } })],
    ['whose name is no text', () => ({ claims: { email: ['ada'] } })],
  ])('%s is none', async (_, token) => {
    expect(await asked(await token())).toMatchObject({ status: 401, json: { code: 'unauthorized' } });
  });
  it('within the clocks’ difference counts', async () => {
    expect((await asked({ claims: { exp: inSeconds(-3) } })).status).toBe(200);
  });
  it.each<[string, unknown]>([
    ['no groups', undefined],
    ['groups that stand for nothing', { groups: ['guests'] }],
    ['a group called as something every object has', { groups: ['constructor', '__proto__'] }],
    ['groups that are none', { groups: { netsec: true } }],
    ['a claim elsewhere', ['netsec']],
  ])('of a person with %s may nothing', async (_, realm) => {
    expect(await asked({ claims: { realm } })).toMatchObject({ status: 403, json: { code: 'forbidden' } });
  });
  it('is not taken unsigned, or signed with what everybody knows', async () => {
    const none = new UnsecuredJWT({
      ...CLAIMS,
      iss: provider.issuer,
      aud: 'penstock',
      exp: inSeconds(60),
    }).encode();
    expect((await api.ask('/v1/caller', as(none))).status).toBe(401);
    const [header, payload] = (await made()).split('.');
    expect((await api.ask('/v1/caller', as(`${header}.${payload}.`))).status).toBe(401);
    // The public key, taken for a secret.
    const shared = createHash('sha256').update(JSON.stringify(provider.keys[0])).digest();
    expect((await asked({ header: { alg: 'HS256' }, key: shared })).status).toBe(401);
    // Those were refused by their algorithm; only the signature that is missing needed a look at a key.
    expect(provider.asked.filter((path) => path === '/keys')).toHaveLength(1);
  });
  it('ends its streams when it expires', async () => {
    const response = await api.send('/v1/events', as(await made()));
    const reader = response.body?.getReader();
    await reader?.read();
    api.nowMs += 300_001;
    api.append({ type: 'token.revoked', actor: 'x', body: { name: 'y' } });
    expect(await reader?.read()).toMatchObject({ done: true });
  });
});

describe('a provider that is', () => {
  it.each<[string, (response: ServerResponse) => void]>([
    ['out of order', (response) => void response.writeHead(500).end()],
    [
      'somebody else',
      (response) => void response.end(JSON.stringify({ issuer: 'https://x', jwks_uri: 'https://x' })),
    ],
    ['talking nonsense', (response) => void response.end('<html>')],
    ['talking without end', (response) => void response.end('x'.repeat(600_000))],
    ['sending us elsewhere', (response) => void response.writeHead(302, { location: '/elsewhere' }).end()],
    ['hanging up', (response) => void response.destroy()],
  ])('%s keeps only its own people out, and is not asked by each of them', async (_, instead) => {
    provider.instead = instead;
    for (let n = 0; n < 5; n++) {
      const answer = await asked({});
      expect(answer).toMatchObject({ status: 503, json: { code: 'identity-provider' } });
      expect(answer.headers.get('retry-after')).toBe('30');
    }
    expect(provider.asked).toHaveLength(1);
    expect((await api.ask('/v1/caller', { as: 'viewer' })).status).toBe(200);
    expect(api.faults).toEqual([]);
  });
  it('silent keeps nobody else waiting', async () => {
    const waiting = Promise.withResolvers<void>();
    provider.instead = () => waiting.resolve();
    const ending = new AbortController();
    const hanging = fetch(`${api.url}/v1/caller`, {
      headers: { authorization: `Bearer ${await made()}` },
      signal: ending.signal,
    }).catch(() => undefined);
    await waiting.promise;
    expect((await api.ask('/v1/caller', { as: 'viewer' })).status).toBe(200);
    ending.abort();
    await hanging;
  });
});
