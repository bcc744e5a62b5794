/** Changes of policy: what would cut an operator's path, and what takes two persons. */
import { describe, expect, it } from 'vitest';
import { applyPolicy } from '../../../src/engine/policy-change.ts';
import type { Policy } from '../../../src/policy/policy.ts';
import { loadGood } from '../policy/sources.ts';
import { ALLOWED, Bench, HOUR, LISTED, SPEC } from './bench.ts';

/** Blocks in the kernel. */
const blocks = (bench: Bench) =>
  [...bench.elements().keys()].filter((id) => /^(destination|flow|quarantine)[46]/.test(id)).length;
const API = { via: 'api', local: '10.1.0.1', port: 8731 } as const;
const SSH = { via: 'ssh', local: '10.1.0.1', port: 22 } as const;
/** Whatever this version takes of `mode: enforce`, the desk must judge it. */
const enforced = (policy: Policy): Policy => ({ ...policy, mode: 'enforce' });
const OTHER = loadGood(`${SPEC}\n`);
const NEXT = loadGood(`${SPEC}\n\n`);

const apply = (bench: Bench, policy: Policy, change: object = {}) =>
  bench.command('applyPolicy', { policy, actor: 'ann', reason: 'tighter', ...change });

describe("a policy that would cut an operator's path", () => {
  const allowing = (to: string, more = '') =>
    loadGood(
      SPEC.replace(
        '  denyLists:',
        `    - {id: manage, from: [web], to: {cidrs: [10.1.0.1/32]}, services: [${to}]}\n  denyLists:`,
      ).replace('services:\n', 'services:\n    ssh: [{protocol: tcp, ports: [22]}]\n') + more,
    );

  it.each<[string, Policy, object, string | undefined]>([
    [
      'enforced, ssh of a host of ours',
      enforced(OTHER),
      SSH,
      '10.1.0.77 to 10.1.0.1 tcp/22 (ssh of ann): allowed by no rule',
    ],
    ['enforced, the API', enforced(OTHER), API, '10.1.0.77 to 10.1.0.1 tcp/8731 (api of ann)'],
    ['enforced, but a rule allows it', enforced(allowing('ssh')), SSH, undefined],
    ['enforced, and a rule allows something else', enforced(allowing('https')), SSH, 'tcp/22'],
    [
      'enforced, but never blocked as a port',
      enforced(allowing('https', '  neverBlock: {ports: [tcp/22]}\n')),
      SSH,
      undefined,
    ],
    [
      'enforced, but never blocked as a source',
      enforced(allowing('https', '  neverBlock: {sources: [10.1.0.77/32]}\n')),
      SSH,
      undefined,
    ],
    ['not enforced', OTHER, SSH, undefined],
    [
      'not enforced, but this machine is on a deny list',
      loadGood(SPEC.replace('66/32]', '66/32, 10.1.0.0/30]')),
      SSH,
      'denied by c2',
    ],
  ])('%s', async (_, policy, path, told) => {
    using bench = await Bench.start();
    bench.order('noteOperator', { path: { ...API, ...path, address: '10.1.0.77' }, actor: 'ann' });
    const before = bench.order('status', {}).policy;
    const outcome = apply(bench, policy);
    if (told === undefined) expect(outcome).toMatchObject({ ok: true, result: { changed: true } });
    else {
      expect(outcome).toMatchObject({
        ok: false,
        refusal: { code: 'refused', guardrail: 'operators', message: expect.stringContaining(told) },
      });
      expect(bench.order('status', {}).policy).toEqual(before);
      expect(bench.recorded('policy.stored')).toHaveLength(1);
      expect(apply(bench, policy, { force: true })).toMatchObject({ ok: true, result: { changed: true } });
      expect(bench.recorded('guardrail.forced')[0]?.body.reason).toContain(told);
    }
  });

  it('cuts nothing of an operator who is no host of ours', async () => {
    using bench = await Bench.start();
    bench.order('noteOperator', { path: { ...SSH, address: '192.0.2.9' }, actor: 'ann' });
    expect(apply(bench, enforced(OTHER))).toMatchObject({ ok: true });
  });

  it('finds connections that stand between an operator and this machine, by whatever service', async () => {
    using bench = await Bench.start();
    bench.order('noteOperator', { path: { ...SSH, address: '10.1.0.77' }, actor: 'ann' });
    bench.see({ from: '10.1.0.77 50000', to: '10.1.0.1 5900' }, { ...ALLOWED, from: '10.1.0.77 50001' });
    const policy = enforced(allowing('ssh'));
    expect(bench.order('planPolicy', { policy }).cutsOperators).toEqual([
      {
        from: '10.1.0.77',
        to: '10.1.0.1',
        service: { protocol: 6, port: 5900 },
        actor: null,
        via: 'connection',
        because: 'allowed by no rule',
      },
    ]);
    expect(apply(bench, policy)).toMatchObject({ refusal: { message: expect.stringContaining('tcp/5900') } });
  });

  it('is refused as a rollback too', async () => {
    using bench = await Bench.start(loadGood(SPEC.replace('66/32]', '66/32, 10.1.0.0/30]')));
    apply(bench, OTHER);
    bench.order('noteOperator', { path: { ...SSH, address: '10.1.0.77' }, actor: 'ann' });
    const back = { to: 1, actor: 'ann', reason: '' };
    expect(bench.command('rollback', back)).toMatchObject({ refusal: { guardrail: 'operators' } });
    expect(bench.order('rollback', { ...back, force: true }).policyChanged).toBe(true);
  });

  it('a rollback brings no block of an operator back', async () => {
    using bench = await Bench.start();
    bench.block({ kind: 'destination', prefix: '192.0.2.9/32' });
    bench.answer('revoke', 'D1');
    bench.order('noteOperator', { path: { ...SSH, address: '192.0.2.9' }, actor: 'ann' });
    expect(bench.command('rollback', { to: 2, actor: 'ann', reason: '' })).toMatchObject({
      refusal: {
        message: expect.stringContaining('D1 would stand again, and an operator works from 192.0.2.9'),
      },
    });
  });
});

describe('a policy whose names cannot be watched here', () => {
  const NAMED = loadGood(
    SPEC.replace('  services:', '  addressSets: {mirror: {fqdns: [mirror.example.org]}}\n  services:')
      .replace('to: {cidrs: [203.0.113.0/24]}', 'to: {sets: [mirror]}')
      .replace('  rules:', '  names: {resolvers: [10.0.0.53]}\n  rules:'),
  );
  const refused = { refusal: { code: 'refused', message: expect.stringContaining('no queue here') } };
  const back = { to: 1, actor: 'ann', reason: '' };

  /** It was in force on the first revision; since, another policy came and the kernel lost what it takes. */
  async function moved(next: Policy): Promise<Bench> {
    const bench = await Bench.start(NAMED);
    apply(bench, next);
    bench.names.refusal = new Error('no queue here');
    return bench;
  }

  it('is refused, applied or gone back to, on trial too, and nothing changes', async () => {
    using bench = await moved(OTHER);
    const before = bench.entries();
    expect(apply(bench, NAMED)).toMatchObject(refused);
    expect(bench.command('rollback', back)).toMatchObject(refused);
    expect(bench.command('rollback', { ...back, confirmWithinMs: HOUR })).toMatchObject(refused);
    expect(bench.entries()).toEqual(before);
    bench.names.refusal = undefined;
    expect(bench.order('rollback', back).policyChanged).toBe(true);
  });

  it('is refused when the second person wants it, if it is so only by then', async () => {
    const twoPersons = '{maxBlocksPerMinute: 3, twoPersons: {policy: true}}';
    using bench = await moved(loadGood(SPEC.replace('{maxBlocksPerMinute: 3}', twoPersons)));
    bench.names.refusal = undefined;
    expect(bench.order('rollback', back).proposal?.id).toBe('P1');
    bench.names.refusal = new Error('no queue here');
    const answer = { id: 'P1', actor: 'ben', reason: '' };
    expect(bench.command('approvePolicy', answer)).toMatchObject(refused);
    expect(bench.order('proposedPolicy', {}).proposal?.state).toBe('pending');
  });

  it('comes back when what took its place was on trial: time would bring it back as well', async () => {
    using bench = await Bench.start(NAMED);
    apply(bench, OTHER, { confirmWithinMs: HOUR });
    bench.names.refusal = new Error('no queue here');
    expect(bench.order('rollback', back).policyChanged).toBe(true);
  });
});

it("fresh deny lists that would cut an operator's path are not taken", async () => {
  using bench = await Bench.start();
  const [list] = bench.engine.policies.inForce.policy.denyLists;
  const { digest } = bench.engine.policies.inForce.policy;
  const poisoned = loadGood(SPEC.replace('66/32]', '66/32, 10.1.0.0/30]')).denyLists;
  const refresh = () => bench.command('refreshDenyLists', { policyDigest: digest, lists: poisoned });
  bench.order('noteOperator', { path: { ...SSH, address: '10.1.0.77' }, actor: 'ann' });
  expect(refresh()).toMatchObject({
    refusal: { code: 'refused', message: expect.stringContaining('10.1.0.77 to 10.1.0.1 tcp/22') },
  });
  expect(bench.engine.policies.inForce.compiled.denyLists).toEqual([list]);
  bench.sleep(24 * HOUR);
  expect(refresh()).toMatchObject({ ok: true });
});

describe('a policy that is meant in the place of another', () => {
  it('is put there only while that one is in force', async () => {
    using bench = await Bench.start();
    const { digest } = bench.engine.policies.inForce.policy;
    const before = bench.entries();
    expect(apply(bench, OTHER, { insteadOf: ['x'] })).toMatchObject({
      ok: false,
      refusal: { code: 'changed' },
    });
    expect(apply(bench, OTHER, { insteadOf: [] })).toMatchObject({ ok: false, refusal: { code: 'changed' } });
    expect(bench.entries()).toEqual(before);
    expect(apply(bench, OTHER, { insteadOf: ['x', digest] })).toMatchObject({ ok: true });
    expect(apply(bench, NEXT, { insteadOf: [digest] })).toMatchObject({ refusal: { code: 'changed' } });
    // What is there already was done, whoever did it.
    expect(apply(bench, OTHER, { insteadOf: [digest] })).toMatchObject({
      ok: true,
      result: { changed: false },
    });
  });
});

describe('a plan', () => {
  it('names the blocks that it would lift, and changes nothing', async () => {
    using bench = await Bench.start();
    bench.see(LISTED);
    const policy = loadGood(`${SPEC}  neverBlock: {destinations: [198.51.100.66/32]}\n`);
    const entries = bench.entries().length;
    expect(bench.order('planPolicy', { policy }).lifts).toEqual([
      { id: 'D1', target: 'all traffic with 198.51.100.66/32' },
    ]);
    expect(bench.entries()).toHaveLength(entries);
    expect(bench.decisions('provisional')).toHaveLength(1);
  });
});

describe('where a policy takes two persons', () => {
  const guarded = (more = '') =>
    loadGood(
      SPEC.replace('{maxBlocksPerMinute: 3}', '{maxBlocksPerMinute: 3, twoPersons: {policy: true}}') + more,
    );
  const start = () => Bench.start(guarded());
  const answer = (actor: string, id = 'P1') => ({ id, actor, reason: 'looked at' });

  it('one that is applied waits, and nothing changes', async () => {
    using bench = await start();
    const before = bench.order('status', {}).policy;
    expect(apply(bench, NEXT)).toMatchObject({
      result: {
        changed: false,
        proposal: { id: 'P1', kind: 'apply', actor: 'ann', state: 'pending', policyDigest: NEXT.digest },
      },
    });
    expect(bench.order('status', {}).policy).toEqual(before);
    expect(bench.order('proposedPolicy', {}).proposal?.id).toBe('P1');
  });

  it('another person puts it in force; who proposed it cannot', async () => {
    using bench = await start();
    apply(bench, NEXT);
    expect(bench.command('approvePolicy', answer('ann'))).toMatchObject({
      refusal: { code: 'conflict', message: 'ann proposed P1 itself: it takes another person' },
    });
    expect(bench.order('approvePolicy', answer('ben'))).toMatchObject({
      proposal: { state: 'approved', answer: { actor: 'ben' } },
      revision: 2,
    });
    expect(bench.order('status', {}).policy.digest).toBe(NEXT.digest);
    expect(bench.recorded('policy.applied').at(-1)).toMatchObject({
      actor: 'ann',
      body: { reason: 'tighter (P1, approved by ben)' },
    });
    expect(bench.command('approvePolicy', answer('ben'))).toMatchObject({
      refusal: { message: 'P1 is approved' },
    });
  });

  it('it outlives a restart', async () => {
    using bench = await start();
    apply(bench, NEXT);
    await bench.restart();
    bench.order('approvePolicy', answer('ben'));
    expect(bench.order('status', {}).policy.digest).toBe(NEXT.digest);
    await bench.restart();
    expect(bench.order('proposedPolicy', {}).proposal).toBeNull();
  });

  it('it is refused by anybody, lapses after a day, and gives way to another', async () => {
    using bench = await start();
    apply(bench, NEXT);
    expect(bench.order('rejectPolicy', answer('ann')).state).toBe('rejected');
    apply(bench, NEXT);
    apply(bench, OTHER);
    expect(bench.recorded('proposal.replaced').map(({ subject }) => subject)).toEqual(['P2']);
    expect(bench.command('approvePolicy', answer('ben', 'P2'))).toMatchObject({
      refusal: { code: 'notFound' },
    });
    bench.sleep(24 * HOUR);
    expect(bench.command('approvePolicy', answer('ben', 'P3'))).toMatchObject({
      refusal: { code: 'conflict' },
    });
    bench.pass(1_000);
    expect(bench.recorded('proposal.lapsed').map(({ subject }) => subject)).toEqual(['P3']);
    expect(bench.order('proposedPolicy', {}).proposal).toBeNull();
    apply(bench, NEXT);
    expect(bench.order('proposedPolicy', {}).proposal?.id).toBe('P4');
  });

  it('it is not what was looked at when another policy is in force by then', async () => {
    using bench = await start();
    apply(bench, NEXT);
    applyPolicy(bench.engine, guarded('\n'), { actor: 'file', reason: 'by other ways', atMs: Date.now() });
    expect(bench.command('approvePolicy', answer('ben'))).toMatchObject({
      refusal: { code: 'conflict', message: expect.stringContaining('propose it anew') },
    });
  });

  it('a rollback that changes the policy waits too', async () => {
    using bench = await start();
    apply(bench, guarded('\n'));
    bench.order('approvePolicy', answer('ben'));
    const back = bench.order('rollback', { to: 1, actor: 'ann', reason: 'worse' });
    expect(back).toMatchObject({ policyChanged: false, proposal: { id: 'P2', kind: 'rollback', to: 1 } });
    bench.order('approvePolicy', answer('ben', 'P2'));
    expect(bench.order('status', {}).policy.digest).toBe(guarded().digest);
    expect(bench.recorded('rollback.done')).toHaveLength(1);
  });

  it('a file that changed while the daemon was down is not taken', async () => {
    using bench = await start();
    await bench.restart({ policy: NEXT });
    expect(bench.order('status', {}).policy.digest).toBe(guarded().digest);
    expect(bench.recorded('policy.refused')[0]?.body.problems[0]).toContain('two persons');
  });

  it('what cuts an operator is refused before anybody is asked, and was known when it is approved', async () => {
    using bench = await start();
    bench.order('noteOperator', { path: { ...SSH, address: '10.1.0.77' }, actor: 'ann' });
    const listed = loadGood(SPEC.replace('66/32]', '66/32, 10.1.0.0/30]'));
    expect(apply(bench, listed)).toMatchObject({ refusal: { guardrail: 'operators' } });
    expect(bench.recorded('proposal.made')).toEqual([]);
    apply(bench, listed, { force: true });
    bench.order('approvePolicy', answer('ben'));
    expect(bench.recorded('guardrail.forced')).toHaveLength(1);
  });
});

describe('where a quarantine takes two persons', () => {
  const TWO = SPEC.replace(
    '{maxBlocksPerMinute: 3}',
    '{maxBlocksPerMinute: 3, twoPersons: {quarantine: true}}',
  );
  const target = { kind: 'host', host: '10.1.0.10', allowTo: [] } as const;
  const answer = (id: string, actor: string) => ({ id, actor, reason: '' });

  it('one by hand stands when another person approves it', async () => {
    using bench = await Bench.start(loadGood(TWO));
    const { id, state } = bench.block(target);
    expect([state, blocks(bench)]).toEqual(['pending', 0]);
    expect(bench.command('approve', answer(id, 'laptop'))).toMatchObject({
      refusal: { message: expect.stringContaining('it takes another person') },
    });
    expect(bench.order('approve', answer(id, 'ben')).state).toBe('active');
    expect(blocks(bench)).toBeGreaterThan(0);
  });

  it('a block by hand stands at once', async () => {
    using bench = await Bench.start(loadGood(TWO));
    expect(bench.block({ kind: 'destination', prefix: '192.0.2.1/32' }).state).toBe('active');
  });

  it('an automatic one stands for its hold, and for its whole time when two want it', async () => {
    const action = 'action: quarantine, target: host, ttl: 4h, approval: provisional, holdFor: 15m';
    using bench = await Bench.start(
      loadGood(
        TWO.replace(
          'action: block, target: destination, ttl: 4h, approval: provisional, holdFor: 15m',
          action,
        ),
      ),
    );
    bench.see(LISTED);
    const [{ id, expiresAtMs }] = bench.decisions('provisional');
    expect(bench.order('approve', answer(id, 'ann'))).toMatchObject({ state: 'provisional', expiresAtMs });
    expect(bench.recorded('decision.endorsed')).toMatchObject([{ actor: 'ann', subject: id }]);
    expect(bench.command('approve', answer(id, 'ann'))).toMatchObject({ ok: false });
    await bench.restart();
    expect(bench.order('approve', answer(id, 'ben'))).toMatchObject({
      state: 'active',
      answers: [{ actor: 'ann' }, { actor: 'ben' }],
    });
  });
});
