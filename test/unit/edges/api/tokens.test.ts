import { lstatSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openAccessDatabase } from '../../../../src/edges/api/access-database.ts';
import { ensureAdminToken } from '../../../../src/edges/api/admin-token.ts';
import { TokenStore } from '../../../../src/edges/api/token-store.ts';
import { type Sent, ServedApi } from './served-api.ts';

let api: ServedApi;
beforeEach(async () => {
  api = await ServedApi.start();
});
afterEach(() => api[Symbol.asyncDispose]());

const make = (body: object, headers: Record<string, string> = {}): Sent => ({
  method: 'POST',
  as: 'admin',
  body,
  headers,
});
const asToken = (text: string): Sent => ({ headers: { authorization: `Bearer ${text}` } });

describe('a token', () => {
  it('works once it is made, with its role and no more, and is recorded', async () => {
    const { json } = await api.ask('/v1/tokens', make({ name: 'console', role: 'viewer' }));
    expect(json.token).toMatch(/^pst_[A-Za-z0-9_-]{43}$/);
    expect((await api.ask('/v1/status', asToken(json.token))).status).toBe(200);
    expect((await api.ask('/v1/tokens', asToken(json.token))).status).toBe(403);
    expect(api.engine.changes()).toEqual([
      {
        name: 'record',
        params: {
          entries: [
            {
              type: 'token.created',
              actor: 'the-admin',
              body: { name: 'console', role: 'viewer', expiresAtMs: null },
            },
          ],
        },
      },
    ]);
  });
  it('stops working when it is revoked, and that is recorded', async () => {
    const { json } = await api.ask('/v1/tokens', make({ name: 'console', role: 'viewer' }));
    expect((await api.ask('/v1/tokens/console', { method: 'DELETE', as: 'admin' })).status).toBe(200);
    expect((await api.ask('/v1/status', asToken(json.token))).status).toBe(401);
    expect(api.engine.changes()[1]?.params).toMatchObject({ entries: [{ type: 'token.revoked' }] });
  });
  it('stops working when it expires', async () => {
    const body = { name: 'guest', role: 'viewer', expiresAtMs: api.nowMs + 60_000 };
    const { json } = await api.ask('/v1/tokens', make(body));
    api.nowMs += 59_999;
    expect((await api.ask('/v1/status', asToken(json.token))).status).toBe(200);
    api.nowMs += 1;
    expect((await api.ask('/v1/status', asToken(json.token))).status).toBe(401);
  });
  it('is not made when the ledger cannot take it', async () => {
    api.engine.refuse('record', { code: 'failed', message: 'the disk is full' });
    expect((await api.ask('/v1/tokens', make({ name: 'console', role: 'viewer' }))).status).toBe(503);
    expect(api.store.find('console')).toBeUndefined();
  });
  it('shows when it was last used, to the minute', async () => {
    await api.ask('/v1/status', { as: 'viewer' });
    const first = api.nowMs;
    api.nowMs += 59_000;
    await api.ask('/v1/status', { as: 'viewer' });
    expect(api.store.find('the-viewer')?.lastUsedAtMs).toBe(first);
    api.nowMs += 1_000;
    await api.ask('/v1/status', { as: 'viewer' });
    expect(api.store.find('the-viewer')?.lastUsedAtMs).toBe(api.nowMs);
  });
});

it.each([
  ['nothing', ''],
  ['another scheme', 'Basic cm9vdDpyb290'],
  ['a token of another form', 'Bearer pst_short'],
  ['a token with a quote', "Bearer pst_' OR 1=1 --"],
  ['two tokens', 'Bearer a b'],
  ['a token that nobody has', `Bearer pst_${'a'.repeat(43)}`],
])('%s is no way in', async (_name, authorization) => {
  const answer = await api.ask('/v1/status', { headers: { authorization } });
  expect(answer).toMatchObject({ status: 401, json: { code: 'unauthorized' } });
});

describe('two changes at once', () => {
  /** Both are on their way before the ledger takes the first. */
  const together = async (path: string, ...sent: { path?: string; sent: Sent }[]) => {
    let open = () => {};
    api.engine.gate = new Promise((done) => {
      open = done;
    });
    const answers = sent.map((each) => api.ask(path + (each.path ?? ''), each.sent));
    await expect.poll(() => api.engine.asked.length).toBeGreaterThan(0);
    for (let i = 0; i < 5; i++) await api.ask('/healthz');
    open();
    return (await Promise.all(answers)).map(({ status }) => status).toSorted();
  };
  it('cannot leave nobody to manage tokens', async () => {
    api.store.create({ name: 'second', role: 'admin', expiresAtMs: null });
    const sent: Sent = { method: 'DELETE', as: 'admin' };
    const statuses = await together('/v1/tokens/', { path: 'second', sent }, { path: 'the-admin', sent });
    expect(statuses[0]).toBe(200);
    expect(api.store.list().filter(({ role }) => role === 'admin')).toHaveLength(1);
  });
  it('cannot make one name twice', async () => {
    const sent = make({ name: 'twin', role: 'viewer' });
    expect(await together('/v1/tokens', { sent }, { sent })).toEqual([201, 409]);
    expect(api.engine.changes()).toHaveLength(1);
  });
});

it('an admin token that expires does not count as the last', async () => {
  await api.ask('/v1/tokens', make({ name: 'guest', role: 'admin', expiresAtMs: api.nowMs + 60_000 }));
  expect((await api.ask('/v1/tokens/the-admin', { method: 'DELETE', as: 'admin' })).status).toBe(409);
});

it('no text of a token is on the disk, not even of one that was made with an idempotency key', async () => {
  const sent = make({ name: 'console', role: 'viewer' }, { 'idempotency-key': 'k' });
  const { json } = await api.ask('/v1/tokens', sent);
  expect((await api.ask('/v1/tokens', sent)).json).toEqual({ ...json, token: null });
  const secrets = [json.token, ...Object.values(api.tokens)];
  for (const file of readdirSync(api.stateDir)) {
    const bytes = readFileSync(join(api.stateDir, file));
    for (const secret of secrets) expect(bytes.includes(secret)).toBe(false);
    expect(statSync(join(api.stateDir, file)).mode & 0o077).toBe(0);
  }
});

describe('the first token', () => {
  it('is made once, for root alone', () => {
    const db = openAccessDatabase(join(api.stateDir, 'other.db'));
    const store = new TokenStore(db);
    const file = join(api.stateDir, 'admin.token');
    expect(ensureAdminToken(store, file)).toBe(true);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(store.authenticate(readFileSync(file, 'utf8').trim())).toMatchObject({
      name: 'admin',
      role: 'admin',
    });
    expect(ensureAdminToken(store, file)).toBe(false);
    db.close();
  });
  it('is made again when no admin token works any more, in the place of the old one', () => {
    const db = openAccessDatabase(join(api.stateDir, 'other.db'));
    let now = 1_000;
    const store = new TokenStore(db, () => now);
    const file = join(api.stateDir, 'admin.token');
    const old = store.create({ name: 'admin', role: 'admin', expiresAtMs: 2_000 });
    store.create({ name: 'guest', role: 'viewer', expiresAtMs: null });
    expect(ensureAdminToken(store, file)).toBe(false);
    now = 2_000;
    expect(ensureAdminToken(store, file)).toBe(true);
    expect(store.authenticate(old)).toBeUndefined();
    expect(store.list().map(({ name }) => name)).toEqual(['admin', 'guest']);
    db.close();
  });
  it('is written in the place of a link, not through it', () => {
    const db = openAccessDatabase(join(api.stateDir, 'other.db'));
    const [file, victim] = ['admin.token', 'victim'].map((name) => join(api.stateDir, name)) as [
      string,
      string,
    ];
    writeFileSync(victim, 'mine');
    symlinkSync(victim, file);
    expect(ensureAdminToken(new TokenStore(db), file)).toBe(true);
    expect(readFileSync(victim, 'utf8')).toBe('mine');
    expect(lstatSync(file).isFile()).toBe(true);
    db.close();
  });
  it('is not made when it cannot be handed over', () => {
    const db = openAccessDatabase(join(api.stateDir, 'other.db'));
    const store = new TokenStore(db);
    expect(() => ensureAdminToken(store, join(api.stateDir, 'nowhere', 'admin.token'))).toThrow(/ENOENT/);
    expect(store.list()).toEqual([]);
    db.close();
  });
});
