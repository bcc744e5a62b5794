import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ROLES } from '../../../../src/edges/api/role.ts';
import { lost, POLICY_TEXT, revoked } from './samples.ts';
import { ServedApi } from './served-api.ts';

let api: ServedApi;
let ending: AbortController;
/** Entries that the ledger held before. */
let base: number;
beforeEach(async () => {
  ending = new AbortController();
  api = await ServedApi.start({ heartbeatMs: 50, stallMs: 200 });
  base = api.ledger.head().seq;
});
afterEach(async () => {
  ending.abort();
  await api[Symbol.asyncDispose]();
});

/** Collects a stream's text; `text` grows as it comes, `ended` resolves when the server ends it. */
async function follow(path = '/v1/events', headers: Record<string, string> = {}) {
  const response = await fetch(`${api.url}${path}`, {
    headers: { authorization: `Bearer ${api.tokens.viewer}`, ...headers },
    signal: ending.signal,
  });
  const stream = { response, text: '', ended: Promise.resolve() };
  const read = async () => {
    const decoder = new TextDecoder();
    for await (const piece of response.body as ReadableStream<Uint8Array>) {
      stream.text += decoder.decode(piece, { stream: true });
    }
  };
  stream.ended = read().catch(() => {});
  await expect.poll(() => stream.text).toContain(': open');
  return stream;
}

/** Numbers of the entries that came, counted from `base`. */
const ids = (text: string) => [...text.matchAll(/^id: (\d+)$/gm)].map((match) => Number(match[1]) - base);

describe('the event stream', () => {
  it('tells entries as they are written', async () => {
    api.append(lost(1));
    const stream = await follow();
    api.append(revoked('old'));
    await expect.poll(() => ids(stream.text)).toEqual([2]);
    expect(stream.response.headers.get('content-type')).toContain('text/event-stream');
    const data = /^data: (.*)$/m.exec(stream.text)?.[1] as string;
    expect(JSON.parse(data)).toMatchObject({
      seq: base + 2,
      type: 'token.revoked',
      actor: 'the-admin',
      body: { name: 'old' },
    });
  });
  it('goes on after Last-Event-ID', async () => {
    api.append(lost(1), lost(2), lost(3));
    const stream = await follow('/v1/events', { 'last-event-id': `${base + 1}` });
    await expect.poll(() => ids(stream.text)).toEqual([2, 3]);
    api.append(lost(4));
    await expect.poll(() => ids(stream.text)).toEqual([2, 3, 4]);
  });
  it('Last-Event-ID wins over the address that a client comes back to', async () => {
    api.append(lost(1), lost(2), lost(3));
    const stream = await follow('/v1/events?after=0', { 'last-event-id': `${base + 2}` });
    await expect.poll(() => ids(stream.text)).toEqual([3]);
  });
  it('leaves out other types and still moves on', async () => {
    api.append(...Array.from({ length: 250 }, (_, i) => lost(i)));
    const stream = await follow(`/v1/events?after=${base}&type=token,daemon.started`);
    api.append(revoked('old'));
    await expect.poll(() => ids(stream.text)).toEqual([251]);
  });
  it('shows that it lives while nothing happens', async () => {
    const stream = await follow();
    await expect.poll(() => stream.text).toContain(': alive');
  });
  it('does not send the text of policies', async () => {
    const sources = { entry: 'p.yaml', files: [{ name: 'p.yaml', text: POLICY_TEXT }] };
    api.append({ type: 'policy.stored', actor: 'file', body: { digest: 'd', name: 'office', sources } });
    const stream = await follow(`/v1/events?after=${base}`);
    await expect.poll(() => ids(stream.text)).toEqual([1]);
    expect(stream.text).not.toContain('EgressPolicy');
  });
  it('ends when its token is revoked', async () => {
    const stream = await follow();
    api.store.remove('the-viewer');
    await stream.ended;
    await expect.poll(() => api.engine.listeners).toBe(0);
  });
  it('leaves nothing behind when the client goes', async () => {
    await follow();
    expect(api.engine.listeners).toBe(1);
    ending.abort();
    await expect.poll(() => api.engine.listeners).toBe(0);
  });
  it.each(['-1', 'x', '1e9', '9'.repeat(30)])('refuses Last-Event-ID %s', async (id) => {
    const answer = await api.ask('/v1/events', { as: 'viewer', headers: { 'last-event-id': id } });
    expect(answer).toMatchObject({ status: 422, json: { code: 'invalid-request' } });
  });
  it('is refused beyond 16 of one token, which keeps no other out, and there is room again when they go', async () => {
    for (let i = 0; i < 16; i++) await follow();
    expect(await api.ask('/v1/events', { as: 'viewer' })).toMatchObject({
      status: 503,
      json: { code: 'busy' },
    });
    await follow('/v1/events', { authorization: `Bearer ${api.tokens.admin}` });
    ending.abort();
    ending = new AbortController();
    await expect.poll(() => api.engine.listeners).toBe(0);
    await follow();
  });
  it('is refused beyond 64 in all', async () => {
    for (const role of ROLES) {
      const authorization = `Bearer ${api.tokens[role]}`;
      for (let i = 0; i < 16; i++) await follow('/v1/events', { authorization });
    }
    const guest = api.store.create({ name: 'guest', role: 'viewer', expiresAtMs: null });
    const answer = await api.ask('/v1/events', { headers: { authorization: `Bearer ${guest}` } });
    expect(answer).toMatchObject({ status: 503, json: { code: 'busy' } });
  });
});

it('a client that takes nothing is cut, and the ledger is not read for it meanwhile', async () => {
  api.append(...Array.from({ length: 110 }, () => revoked('x'.repeat(100_000))));
  const read = vi.spyOn(api.ledger, 'entries');
  const socket = connect(api.port, '127.0.0.1');
  socket.pause();
  const head = `Host: localhost\r\nAuthorization: Bearer ${api.tokens.viewer}`;
  socket.write(`GET /v1/events?after=${base} HTTP/1.1\r\n${head}\r\n\r\n`);
  await expect.poll(() => api.engine.listeners).toBe(1);
  await expect.poll(() => api.engine.listeners, { timeout: 5_000 }).toBe(0);
  expect(read).toHaveBeenCalledTimes(1);
  socket.destroy();
});
