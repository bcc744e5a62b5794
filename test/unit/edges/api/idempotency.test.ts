import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openAccessDatabase } from '../../../../src/edges/api/access-database.ts';
import { IdempotencyStore } from '../../../../src/edges/api/idempotency-store.ts';
import { TokenStore } from '../../../../src/edges/api/token-store.ts';
import { type Sent, ServedApi } from './served-api.ts';

let api: ServedApi;
beforeEach(async () => {
  api = await ServedApi.start();
});
afterEach(() => api[Symbol.asyncDispose]());

const revoke = (reason: string, key = 'k1', as: Sent['as'] = 'operator'): Sent => ({
  method: 'POST',
  as,
  body: { reason },
  headers: { 'idempotency-key': key },
});
const path = '/v1/decisions/D1/revoke';

describe('a call repeated with its key', () => {
  it('is answered and not carried out again', async () => {
    const first = await api.ask(path, revoke('mistake'));
    const second = await api.ask(path, revoke('mistake'));
    expect(second.json).toEqual(first.json);
    expect(first.headers.has('idempotency-replayed')).toBe(false);
    expect(second.headers.get('idempotency-replayed')).toBe('true');
    expect(api.engine.changes()).toHaveLength(1);
  });
  it('keeps its status', async () => {
    const body = { target: { kind: 'destination', prefix: '198.51.100.66' }, ttlMs: 60_000, reason: 'x' };
    const sent: Sent = { method: 'POST', as: 'operator', body, headers: { 'idempotency-key': 'k' } };
    expect((await api.ask('/v1/decisions', sent)).status).toBe(201);
    expect((await api.ask('/v1/decisions', sent)).status).toBe(201);
  });
  it('survives a restart', async () => {
    const first = await api.ask(path, revoke('mistake'));
    await api.restart();
    expect((await api.ask(path, revoke('mistake'))).json).toEqual(first.json);
    expect(api.engine.changes()).toHaveLength(1);
  });
  it('is carried out again after a day', async () => {
    await api.ask(path, revoke('mistake'));
    api.nowMs += 24 * 3_600_000 + 1;
    await api.ask(path, revoke('mistake'));
    expect(api.engine.changes()).toHaveLength(2);
  });
  it('is carried out again when it failed, for nothing was changed', async () => {
    api.engine.refuse('revoke', { code: 'failed', message: 'the kernel says no' });
    expect((await api.ask(path, revoke('mistake'))).status).toBe(503);
    expect((await api.ask(path, revoke('mistake'))).status).toBe(503);
    expect(api.engine.changes()).toHaveLength(2);
  });
  it('is told to wait while the first is on its way', async () => {
    let open = () => {};
    api.engine.gate = new Promise((done) => {
      open = done;
    });
    const first = api.ask(path, revoke('mistake'));
    await expect.poll(() => api.engine.changes().length).toBe(1);
    const second = await api.ask(path, revoke('mistake'));
    expect(second).toMatchObject({ status: 409, json: { code: 'idempotency-in-progress' } });
    open();
    expect((await first).status).toBe(200);
    expect(api.engine.changes()).toHaveLength(1);
  });
  it('is told that nobody knows when the daemon died in between', async () => {
    api.engine.gate = new Promise(() => {});
    const lost = api.ask(path, revoke('mistake')).catch(() => 'gone');
    await expect.poll(() => api.engine.changes().length).toBe(1);
    await api.restart();
    expect(await lost).toBe('gone');
    api.engine.gate = undefined;
    const second = await api.ask(path, revoke('mistake'));
    expect(second).toMatchObject({ status: 409, json: { code: 'idempotency-unknown' } });
    expect(api.engine.changes()).toHaveLength(1);
  });
});

describe('a key is for one request', () => {
  it.each([
    ['another body', path, revoke('another')],
    ['another address', '/v1/decisions/D2/revoke', revoke('mistake')],
  ])('%s is refused', async (_name, other, sent) => {
    await api.ask(path, revoke('mistake'));
    expect(await api.ask(other, sent)).toMatchObject({ status: 422, json: { code: 'idempotency-mismatch' } });
    expect(api.engine.changes()).toHaveLength(1);
  });
  it('and of one token', async () => {
    await api.ask(path, revoke('mistake'));
    const other = await api.ask(path, revoke('mistake', 'k1', 'admin'));
    expect(other.headers.has('idempotency-replayed')).toBe(false);
    expect(api.engine.changes()).toHaveLength(2);
  });
});

it('keeps no more than a thousand answers a token, and none of another token is lost by that', () => {
  const db = openAccessDatabase(join(api.stateDir, 'other.db'));
  db.exec('PRAGMA synchronous = OFF');
  const tokens = new TokenStore(db);
  const [first, second] = ['first', 'second'].map((name) => {
    const text = tokens.create({ name, role: 'operator', expiresAtMs: null });
    return tokens.authenticate(text)?.id as string;
  }) as [string, string];
  let now = 0;
  const store = new IdempotencyStore(db, () => now++);
  const fingerprint = new Uint8Array(32);
  const answer = (caller: string, key: string) => {
    expect(store.begin({ caller, key }, fingerprint)).toEqual({ state: 'new' });
    store.finish({ caller, key }, 200, '{}');
  };
  answer(second, 'other');
  for (let i = 0; i <= 1_000; i++) answer(first, `k${i}`);
  expect(store.begin({ caller: first, key: 'k1000' }, fingerprint)).toMatchObject({ state: 'done' });
  expect(store.begin({ caller: second, key: 'other' }, fingerprint)).toMatchObject({ state: 'done' });
  expect(store.begin({ caller: first, key: 'k0' }, fingerprint)).toEqual({ state: 'new' });
  db.close();
});
