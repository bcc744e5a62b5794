import { afterEach, describe, expect, it, vi } from 'vitest';
import { KernelTable } from '../../../src/enforcement/kernel-table.ts';
import { preloads } from '../../../src/engine/deny-preload.ts';
import { applyPolicy } from '../../../src/engine/policy-change.ts';
import { loadGood, loadText, policyText } from '../policy/sources.ts';
import { Bench, LISTED, SPEC } from './bench.ts';

const BLOCKS = SPEC.replace(/approval: provisional, holdFor: 15m/, 'approval: none');

function policy(mode: string, spec: string) {
  const result = loadText({ 'p.yaml': policyText(spec).replace('mode: respond', `mode: ${mode}`) });
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return result.policy;
}

const answering = (answer: string) =>
  SPEC.replace(/- \{detector: denyList.*\}/, `- {detector: denyList, ${answer}}`);

describe('deny lists are in the kernel beforehand', () => {
  it.each<[string, string, string, boolean]>([
    ['blocks at once', 'respond', BLOCKS, true],
    ['blocks until somebody says no', 'respond', SPEC, true],
    ['only alerts', 'respond', answering('action: alert'), false],
    [
      'asks first',
      'respond',
      answering('action: block, target: destination, ttl: 1h, approval: required, approvalTimeout: 5m'),
      false,
    ],
    [
      'blocks for some hosts',
      'respond',
      answering('action: block, target: flow, ttl: 1h, approval: none, canary: [web]'),
      false,
    ],
    ['only reports', 'audit', BLOCKS, false],
    ['enforces, whatever the answer', 'enforce', answering('action: alert'), true],
  ])('where the policy %s', (_, mode, spec, expected) => {
    expect(preloads(policy(mode, spec))).toBe(expected);
  });
});

describe('in the engine', () => {
  afterEach(() => {
    vi.useRealTimers();
    vi.restoreAllMocks();
  });

  const denied = ({ nft }: Bench) => {
    const table = new KernelTable(nft.nftables(), nft.setElements());
    return (['deniedsingle4', 'denied4'] as const).flatMap((set) => [...table.readSet(set).keys()]);
  };

  it('they are there when it has started, and leave with the policy', async () => {
    const bench = await Bench.start(loadGood(BLOCKS));
    expect(denied(bench)).toEqual(['deniedsingle4 c6336442']);
    expect(bench.engine.status().denyLists).toEqual({ state: 'loaded', ranges: 1 });
    applyPolicy(bench.engine, policy('audit', BLOCKS), { actor: 'laptop', reason: 'less', atMs: Date.now() });
    expect([denied(bench), bench.engine.status().denyLists]).toEqual([[], { state: 'off', ranges: 0 }]);
    bench.kill();
  });

  it('an established connection to what is listed is cut', async () => {
    const bench = await Bench.start(policy('audit', BLOCKS));
    bench.see(LISTED);
    expect(bench.events.deleted).toHaveLength(0);
    applyPolicy(bench.engine, loadGood(BLOCKS), { actor: 'laptop', reason: 'more', atMs: Date.now() });
    expect(bench.events.deleted.length).toBeGreaterThan(0);
    bench.kill();
  });

  it('what somebody said no to leaves them, until another decision blocks it', async () => {
    const bench = await Bench.start(loadGood(SPEC));
    bench.see(LISTED);
    const [block] = bench.engine.desk.live();
    expect([block.state, denied(bench).length]).toEqual(['provisional', 1]);
    const answer = { id: block.id, actor: 'laptop', reason: 'a mirror' };
    expect(bench.command('reject', answer)).toMatchObject({ ok: true });
    expect(denied(bench)).toEqual([]);
    const target = { kind: 'destination', prefix: '198.51.100.66/32' } as const;
    bench.command('enact', { target, ttlMs: 3_600_000, actor: 'laptop', reason: 'after all' });
    expect(denied(bench)).toHaveLength(1);
    bench.kill();
  });

  it('leave out what this machine needs', async () => {
    // 9.9.9.9 is its name server.
    const bench = await Bench.start(loadGood(BLOCKS.replace('198.51.100.66/32', '9.9.9.8/30')));
    expect(denied(bench)).toEqual(['deniedsingle4 09090908', 'denied4 0909090a-0909090b']);
    bench.kill();
  });

  it('a kernel that refuses them is told of, and tried again', async () => {
    const bench = await Bench.start(policy('audit', BLOCKS));
    const spy = vi.spyOn(bench.kernel.elements, 'apply').mockImplementation(() => {
      throw new Error('no memory');
    });
    applyPolicy(bench.engine, loadGood(BLOCKS), { actor: 'laptop', reason: 'more', atMs: Date.now() });
    expect(bench.engine.status().denyLists).toMatchObject({
      state: 'failed',
      ranges: 1,
      error: expect.stringMatching(/no memory/),
    });
    spy.mockRestore();
    vi.advanceTimersByTime(1_000);
    bench.engine.denyPreload.step(Date.now());
    expect([denied(bench).length, bench.engine.status().denyLists.state]).toEqual([1, 'loaded']);
    bench.kill();
  });
});
