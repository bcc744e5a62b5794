/** A rollback on trial in the whole engine, on a kernel in memory: confirmed it stays, otherwise all is as it was before. */
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Decision, Target } from '../../../src/decision/decision.ts';
import { loadGood } from '../policy/sources.ts';
import { Bench, HOUR, LISTED, MINUTE, POLICY, SPEC } from './bench.ts';

const NEXT = loadGood(SPEC.replace('203.0.113.0/24', '192.0.2.0/24'));
const TARGETS: Target[] = [
  { kind: 'destination', prefix: '192.0.2.7/32' },
  { kind: 'destination', prefix: '198.18.0.0/24' },
  { kind: 'host', host: '10.1.0.10', allowTo: ['198.51.100.0/24'] },
];

let bench: Bench;
beforeEach(async () => {
  bench = await Bench.start();
});
afterEach(() => {
  bench[Symbol.dispose]();
});

const by = { actor: 'laptop', reason: 'it was better' };
const tryRollback = (to: number, confirmWithinMs = MINUTE) =>
  bench.order('rollback', { to, ...by, confirmWithinMs });
const digest = () => bench.engine.policies.digest;
const trial = () => bench.engine.status().trial;
const last = () => bench.engine.journal.lastRevision;
const targets = (decisions: readonly Decision[]) => decisions.map(({ target }) => target);
const standing = () => bench.decisions('active').concat(bench.decisions('provisional'));

function expectSettled(): void {
  expect(trial()).toBeNull();
  const revision = bench.engine.ledger.queries.latestRevision();
  expect(digest()).toBe(revision?.policyDigest);
  expect(bench.engine.enforcer.digest).toBe(revision?.rulesetDigest);
  expect(bench.engine.enforcer.reconcile(Date.now())).toEqual({ differences: [] });
}

/** Revision 1: a policy. 2: a block. 3: another policy. 4: the block revoked. 5: another block. */
function history(): void {
  const { id } = bench.block(TARGETS[0]);
  bench.order('applyPolicy', { policy: NEXT, ...by });
  bench.answer('revoke', id);
  bench.block(TARGETS[1]);
}

describe('a rollback on trial', () => {
  it('is carried out at once, with all that takes it back recorded before', () => {
    history();
    const done = tryRollback(2);
    expect([digest(), targets(standing())]).toEqual([POLICY.digest, [TARGETS[0]]]);
    expect(done).toMatchObject({ revision: 6, lifted: ['D2'], reinstated: ['D3'], proposal: null });
    expect(done.trial).toMatchObject({
      revision: 6,
      restoreTo: 5,
      leftMs: MINUTE,
      policyDigest: POLICY.digest,
    });
    expect(bench.recorded('trial.begun')).toMatchObject([
      { body: { trial: { lifts: ['D2'], reinstates: ['D3'], bootId: 'boot-1', state: 'waiting' } } },
    ]);
    const types = bench.entries().map(({ type }) => type);
    expect(types.indexOf('trial.begun')).toBeLessThan(types.lastIndexOf('decision.reinstated'));
    expect(types.indexOf('trial.begun')).toBe(types.indexOf('rollback.intended') + 1);
  });

  it('stays when it is confirmed', () => {
    history();
    tryRollback(2);
    bench.order('confirm', { actor: 'printer', reason: 'works' });
    bench.pass(HOUR / 2);
    expect([digest(), targets(standing())]).toEqual([POLICY.digest, [TARGETS[0]]]);
    expectSettled();
  });

  it('is taken back at its deadline: what it brought back goes, though a person had made it, what it lifted returns', () => {
    history();
    const before = bench.elements();
    tryRollback(2);
    bench.pass(MINUTE);
    expect([digest(), targets(standing())]).toEqual([NEXT.digest, [TARGETS[1]]]);
    expect([...bench.elements()]).toEqual([...before].map(([id, ms]) => [id, (ms ?? 0) - MINUTE]));
    expectSettled();
  });

  it('of blocks alone, under the same policy, is one too', () => {
    bench.block(TARGETS[0]);
    expect(tryRollback(1)).toMatchObject({ policyChanged: false, lifted: ['D1'] });
    expect(bench.elements().size).toBe(0);
    bench.pass(MINUTE);
    expect(targets(standing())).toEqual([TARGETS[0]]);
    expectSettled();
  });

  it('leaves what people did meanwhile', () => {
    history();
    tryRollback(2);
    bench.block(TARGETS[2]);
    bench.answer('revoke', 'D3');
    bench.pass(MINUTE);
    expect(targets(standing())).toEqual(expect.arrayContaining([TARGETS[1], TARGETS[2]]));
    expect(standing()).toHaveLength(2);
    expectSettled();
  });

  it('keeps a block that it brought back and somebody approved', () => {
    bench.see(LISTED);
    bench.answer('reject', 'D1');
    const [{ number }] = bench.engine.ledger.queries.revisions({ limit: 1 });
    tryRollback(number - 1);
    bench.pass(1);
    bench.answer('approve', 'D2');
    bench.pass(MINUTE);
    expect(standing()).toMatchObject([{ id: 'D2', state: 'active' }]);
    expectSettled();
  });

  it.each([
    ['while another waits', () => tryRollback(1), 'conflict', /revision 6 .* waits/],
    ['to none that is there', () => {}, 'notFound', /no revision 99/],
  ])('%s is refused', (_, happens, code, message) => {
    history();
    happens();
    const before = bench.entries();
    const asked = { to: code === 'notFound' ? 99 : 2, ...by, confirmWithinMs: MINUTE };
    expect(bench.command('rollback', asked)).toMatchObject({
      refusal: { code, message: expect.stringMatching(message) },
    });
    expect(bench.entries()).toEqual(before);
  });

  it('is not begun where a reboot would not be noticed, nor when it cannot be recorded', async () => {
    history();
    await bench.restart({ bootId: null });
    expect(bench.command('rollback', { to: 2, ...by, confirmWithinMs: MINUTE })).toMatchObject({
      refusal: { code: 'refused', message: expect.stringMatching(/boot id/) },
    });
    await bench.restart();
    const free = bench.fillDisk();
    expect(bench.command('rollback', { to: 2, ...by, confirmWithinMs: MINUTE })).toMatchObject({
      refusal: { code: 'failed' },
    });
    free();
    expect([digest(), targets(standing())]).toEqual([NEXT.digest, [TARGETS[1]]]);
    expectSettled();
  });

  it('whose outcome cannot be recorded is taken back all the same', () => {
    history();
    bench.failAfterIntent();
    bench.command('rollback', { to: 2, ...by, confirmWithinMs: MINUTE });
    expect(trial()).toMatchObject({ revision: 6 });
    bench.pass(MINUTE);
    expect(digest()).toBe(NEXT.digest);
    bench.remember();
    bench.pass(MINUTE);
    expect(targets(standing())).toEqual([TARGETS[1]]);
    expect(trial()).toBeNull();
  });

  it.each([
    ['in the same boot, and goes on', {}, MINUTE - 1, false],
    ['after the deadline', {}, MINUTE, true],
    ['in another boot', { bootId: 'boot-2' }, 1, true],
  ])('a daemon starts again %s', async (_, settings, ms, isOver) => {
    history();
    tryRollback(2);
    bench.kill();
    bench.sleep(ms);
    await bench.launch(settings);
    expect([digest(), targets(standing())]).toEqual(
      isOver ? [NEXT.digest, [TARGETS[1]]] : [POLICY.digest, [TARGETS[0]]],
    );
    bench.pass(MINUTE);
    expect([digest(), targets(standing())]).toEqual([NEXT.digest, [TARGETS[1]]]);
    expectSettled();
  });
});

it('proposed where a policy takes two persons, it is one once the second has approved', async () => {
  const guarded = (more = '') =>
    loadGood(
      SPEC.replace('{maxBlocksPerMinute: 3}', '{maxBlocksPerMinute: 3, twoPersons: {policy: true}}') + more,
    );
  bench[Symbol.dispose]();
  bench = await Bench.start(guarded());
  const approve = (id: string) => bench.order('approvePolicy', { id, actor: 'ben', reason: 'yes' });
  bench.order('applyPolicy', { policy: guarded('\n'), ...by });
  approve('P1');
  const proposed = tryRollback(1);
  expect(proposed).toMatchObject({ trial: null, proposal: { id: 'P2', to: 1, confirmWithinMs: MINUTE } });
  bench.pass(HOUR / 2);
  approve('P2');
  expect(trial()).toMatchObject({ restoreTo: 2, leftMs: MINUTE });
  expect(digest()).toBe(guarded().digest);
  bench.pass(MINUTE);
  expect(digest()).toBe(guarded('\n').digest);
  expectSettled();
});

/** A connection that is over once it was cut: one that goes on would be judged anew by each policy that comes. */
function meet(port: number): void {
  const connection = { ...LISTED, from: `10.1.0.10 ${port}`, id: port };
  bench.see(connection, { ...connection, event: 'destroy' });
}

const act = fc.oneof(
  fc.record({
    do: fc.constant('block' as const),
    target: fc.constantFrom(...TARGETS),
    minutes: fc.constantFrom(1, 3, 90),
  }),
  fc.record({
    do: fc.constantFrom('approve' as const, 'reject' as const, 'revoke' as const),
    pick: fc.nat(9),
  }),
  fc.record({ do: fc.constant('apply' as const), policy: fc.constantFrom(POLICY, NEXT) }),
  fc.record({ do: fc.constant('see' as const), port: fc.integer({ min: 1024, max: 65_535 }) }),
  fc.record({ do: fc.constant('rollback' as const), pick: fc.nat(9) }),
);

it('that nobody confirms changes nothing in the end, whatever came before and however the daemon dies', async () => {
  const end = fc.constantFrom('deadline', 'restart', 'reboot');
  await fc.assert(
    fc.asyncProperty(fc.array(act, { maxLength: 10 }), fc.nat(20), end, async (acts, pick, ends) => {
      bench[Symbol.dispose]();
      bench = await Bench.start();
      for (const each of acts) {
        if (each.do === 'block')
          bench.command('enact', { target: each.target, ttlMs: each.minutes * MINUTE, ...by });
        else if (each.do === 'apply') bench.command('applyPolicy', { policy: each.policy, ...by });
        else if (each.do === 'see') meet(each.port);
        else if (each.do === 'rollback') bench.command('rollback', { to: 1 + (each.pick % last()), ...by });
        else bench.command(each.do, { id: `D${each.pick}`, ...by });
      }
      const [before, policy] = [bench.elements(), digest()];
      tryRollback(1 + (pick % last()));
      if (ends === 'deadline') bench.pass(MINUTE);
      else await bench.restart(ends === 'reboot' ? { bootId: 'boot-2' } : {});
      if (ends === 'restart') bench.pass(MINUTE);
      const passed = ends === 'reboot' ? 0 : MINUTE;
      const left = [...before].flatMap(([id, ms = 0]) => (ms > passed ? [[id, ms - passed]] : []));
      expect([...bench.elements()].toSorted()).toEqual(left.toSorted());
      expect(digest()).toBe(policy);
      expectSettled();
    }),
    { numRuns: 15 },
  );
}, 120_000);
