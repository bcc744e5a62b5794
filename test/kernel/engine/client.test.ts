import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { EngineClient } from '../../../src/engine/client.ts';
import type { Notice, Params } from '../../../src/engine/commands.ts';
import { ThreadNamespace } from '../../namespaces/thread.ts';
import { until } from '../../network/waiting.ts';
import { loadGood } from '../../unit/policy/sources.ts';

const POLICY = loadGood(`
  hostGroups: {web: {cidrs: [10.1.0.0/24]}}
  services: {https: [{protocol: tcp, ports: [443]}]}
  rules: [{id: r, from: [web], to: {cidrs: [203.0.113.0/24]}, services: [https]}]
`);

const BLOCK: Params<'enact'> = {
  target: { kind: 'destination', prefix: '198.51.100.66/32' },
  ttlMs: 3_600_000,
  actor: 'laptop',
  reason: 'seen',
};

describe('the engine in its thread', () => {
  let namespace: ThreadNamespace;
  let folder: string;
  let engine: EngineClient | undefined;
  let notices: Notice[];

  beforeEach(() => {
    namespace = new ThreadNamespace();
    folder = mkdtempSync(join(tmpdir(), 'penstock-client-'));
    notices = [];
  });

  afterEach(async () => {
    await engine?.call('stop', {}).catch(() => {});
    await engine?.ended;
    engine = undefined;
    namespace[Symbol.dispose]();
    rmSync(folder, { recursive: true });
  });

  const start = async (change: { ledgerPath?: string; policy?: typeof POLICY | undefined } = {}) => {
    const settings = {
      ledgerPath: join(folder, 'ledger.db'),
      policy: POLICY,
      policyActor: 'file',
      policyProblems: [],
      bootId: null,
      version: '1.2.3',
      ...change,
    };
    engine = await EngineClient.start(settings, settings, (notice) => notices.push(notice));
    return engine;
  };
  const destinations = () =>
    execFileSync('nft', ['list', 'set', 'inet', 'penstock', 'destination4']).toString();
  /** What no API would let through: the thread fails over it. */
  const fatal = { target: null } as unknown as Params<'enact'>;

  it('protects once it is started, and answers', async () => {
    const client = await start();
    expect(await client.call('status', {})).toMatchObject({ result: { kernel: { table: 'in-place' } } });
    expect(await client.call('enact', BLOCK)).toMatchObject({ result: { id: 'D1', state: 'active' } });
    expect(destinations()).toContain('198.51.100.66');
  });

  it('answers many calls at once, each with its own answer', async () => {
    const client = await start();
    const ids = Array.from({ length: 50 }, (_, i) => `D${i + 100}`);
    const answers = await Promise.all(
      ids.map((id) => client.call('approve', { id, actor: 'laptop', reason: '' })),
    );
    expect(answers.map((answer) => !answer.ok && answer.refusal.message)).toEqual(
      ids.map((id) => `there is no live decision ${id}`),
    );
  });

  it('gives up a list that nobody waits for, and answers the next', async () => {
    const client = await start();
    const leaving = new AbortController();
    const list = client.call('flows', { limit: 1 }, leaving.signal);
    leaving.abort();
    await expect(list).rejects.toBe(leaving.signal.reason);
    await expect(client.call('flows', { limit: 1 }, leaving.signal)).rejects.toBe(leaving.signal.reason);
    expect(await client.call('flows', { limit: 1 })).toMatchObject({ ok: true, result: { standing: 0 } });
  });

  it('settles the lists that are being made when it stops', async () => {
    const client = await start();
    const lists = Array.from({ length: 20 }, () => client.call('flows', { limit: 1 }));
    await client.call('stop', {});
    for (const list of await Promise.allSettled(lists))
      expect(list.status === 'fulfilled' || list.reason.code === 'PENSTOCK_ENGINE_GONE').toBe(true);
  });

  it('tells of what it wrote, until nobody listens', async () => {
    const client = await start();
    const heard: Notice[] = [];
    const end = client.onNotice((notice) => heard.push(notice));
    await client.call('enact', BLOCK);
    await until('the notice', () => heard.some(({ notice }) => notice === 'appended'));
    end();
    const before = heard.length;
    await client.call('revoke', { id: 'D1', actor: 'laptop', reason: '' });
    await client.call('status', {});
    expect(heard).toHaveLength(before);
  });

  it('mends what somebody else did to the table, without being asked', async () => {
    const client = await start();
    await client.call('enact', BLOCK);
    execFileSync('nft', ['flush', 'ruleset']);
    await until('the table to be back', async () => {
      const status = await client.call('status', {});
      return status.ok && status.result.kernel.driftRepairs > 0;
    });
    expect(destinations()).toContain('198.51.100.66');
  });

  it('ends when it is told to, leaves the kernel as it is, and takes no more calls', async () => {
    const client = await start();
    await client.call('enact', BLOCK);
    await client.call('stop', {});
    expect(await client.ended).toBeUndefined();
    expect(destinations()).toContain('198.51.100.66');
    await expect(client.call('status', {})).rejects.toMatchObject({ code: 'PENSTOCK_ENGINE_GONE' });
  });

  it('lets go of its ledger and its table, so that another can start', async () => {
    const client = await start();
    await client.call('enact', BLOCK);
    await client.call('stop', {});
    await client.ended;
    const again = await start();
    expect(await again.call('status', {})).toMatchObject({ result: { decisions: { active: 1 } } });
  });

  it('rejects all calls that wait when it dies, with what it died of', async () => {
    const client = await start();
    const calls = [client.call('enact', fatal), client.call('status', {}), client.call('status', {})];
    for (const call of await Promise.allSettled(calls)) {
      expect(call).toMatchObject({
        status: 'rejected',
        reason: { code: 'PENSTOCK_ENGINE_GONE', cause: { name: 'TypeError' } },
      });
    }
    expect(await client.ended).toMatchObject({ name: 'TypeError' });
    await expect(client.call('status', {})).rejects.toMatchObject({ code: 'PENSTOCK_ENGINE_GONE' });
  });

  it.each([
    ['a ledger', { ledgerPath: '/nowhere/ledger.db' }, { code: 'PENSTOCK_LEDGER_UNREADABLE' }],
    ['a policy', { policy: undefined }, { code: 'PENSTOCK_ENGINE_START', message: /no policy/ }],
  ])('says why it cannot start without %s', async (_, change, error) => {
    await expect(start(change)).rejects.toMatchObject({
      ...error,
      ...('message' in error && { message: expect.stringMatching(error.message) }),
    });
  });

  it('says that another holds the ledger', async () => {
    await start();
    const first = engine;
    await expect(start()).rejects.toMatchObject({ code: 'PENSTOCK_LEDGER_BUSY' });
    engine = first;
  });
});
