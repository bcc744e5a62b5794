/** Commit-confirm in the whole engine, on a kernel in memory. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Decision } from '../../../src/decision/decision.ts';
import { loadGood } from '../policy/sources.ts';
import { Bench, HOUR, LISTED, MINUTE, POLICY, SPEC, VIOLATION } from './bench.ts';

const TRIED = loadGood(SPEC.replace('203.0.113.0/24', '192.0.2.0/24'));
const OTHER = loadGood(SPEC.replace('203.0.113.0/24', '198.18.0.0/15'));
const LISTED_ELEMENT = 'destination4 c6336442';

let bench: Bench;
beforeEach(async () => {
  bench = await Bench.start();
});
afterEach(() => {
  bench[Symbol.dispose]();
});

const by = { actor: 'laptop', reason: 'moved' };
const applyTrial = (policy = TRIED, confirmWithinMs = MINUTE) =>
  bench.order('applyPolicy', { policy, ...by, confirmWithinMs });
const confirm = (revision?: number) =>
  bench.command('confirm', {
    ...(revision !== undefined && { revision }),
    actor: 'printer',
    reason: 'works',
  });
const digest = () => bench.engine.policies.digest;
const last = () => bench.engine.ledger.queries.latestRevision();
const trial = () => bench.engine.status().trial;

/** Nothing more is to come, and the kernel is as recorded. */
function expectSettled(): void {
  expect(trial()).toBeNull();
  expect(digest()).toBe(last()?.policyDigest);
  expect(bench.engine.enforcer.reconcile(Date.now())).toEqual({ differences: [] });
}

describe('a policy on trial', () => {
  it('is in force at once, and everything that takes it back is recorded with it', () => {
    const { revision, trial: begun } = applyTrial();
    expect(digest()).toBe(TRIED.digest);
    expect(begun).toMatchObject({ revision, restoreTo: revision - 1, leftMs: MINUTE, actor: 'laptop' });
    expect(bench.recorded('trial.begun')).toMatchObject([
      { body: { trial: { revision, bootId: 'boot-1', state: 'waiting', end: null } }, subject: '2' },
    ]);
    const types = bench.entries().map(({ type }) => type);
    expect(types.slice(-4)).toEqual(['policy.stored', 'policy.applied', 'revision.created', 'trial.begun']);
  });

  it('stays when it is confirmed in time, and who did is recorded', () => {
    const { revision } = applyTrial();
    bench.pass(MINUTE - 1);
    expect(trial()).toMatchObject({ leftMs: 1 });
    expect(confirm(revision)).toMatchObject({ ok: true, result: { revision, actor: 'printer' } });
    bench.pass(HOUR);
    expect(digest()).toBe(TRIED.digest);
    expect(bench.engine.ledger.queries.trialOf(revision)).toMatchObject({
      state: 'confirmed',
      end: { actor: 'printer', reason: 'works', cause: 'confirmed', revision: null },
    });
    expectSettled();
  });

  it('is taken back at its deadline by a revision equal to the last good one', () => {
    const { revision } = applyTrial();
    const good = bench.engine.ledger.queries.revision(revision - 1);
    bench.pass(MINUTE);
    expect(digest()).toBe(POLICY.digest);
    expect(last()).toMatchObject({
      number: revision + 1,
      kind: 'rollback',
      restoredFrom: revision - 1,
      actor: 'penstock',
      policyDigest: good?.policyDigest,
      rulesetDigest: good?.rulesetDigest,
    });
    expect(bench.recorded('trial.reverted')).toMatchObject([
      { actor: 'penstock', body: { trial: { state: 'reverted', end: { cause: 'deadline', revision: 3 } } } },
    ]);
    expectSettled();
    bench.pass(HOUR);
    expect(last()?.number).toBe(revision + 1);
  });

  it('does not care where the wall clock is set to', () => {
    applyTrial();
    bench.jump(-HOUR);
    bench.pass(MINUTE - 1);
    expect(digest()).toBe(TRIED.digest);
    bench.jump(2 * HOUR);
    bench.engine.chores(Date.now());
    expect(trial()).toMatchObject({ leftMs: 1, confirmByMs: Date.now() + 1 });
    bench.pass(1);
    expect(digest()).toBe(POLICY.digest);
  });

  it('cannot be begun where a reboot would not be noticed', async () => {
    await bench.restart({ bootId: null });
    const before = bench.entries();
    const outcome = bench.command('applyPolicy', { policy: TRIED, ...by, confirmWithinMs: MINUTE });
    expect(outcome).toMatchObject({
      ok: false,
      refusal: { code: 'refused', message: expect.stringMatching(/boot id/) },
    });
    expect([digest(), bench.entries()]).toEqual([POLICY.digest, before]);
  });

  it('is none when it is in force already', () => {
    expect(applyTrial(POLICY)).toMatchObject({ revision: 1, changed: false, trial: null });
    expect(trial()).toBeNull();
  });

  it('is not begun when it cannot be recorded', () => {
    const free = bench.fillDisk();
    const outcome = bench.command('applyPolicy', { policy: TRIED, ...by, confirmWithinMs: MINUTE });
    expect(outcome).toMatchObject({ ok: false, refusal: { code: 'failed' } });
    expect([digest(), trial()]).toEqual([POLICY.digest, null]);
    free();
    expectSettled();
  });
});

describe('while one waits', () => {
  it.each([
    ['another policy', OTHER, undefined],
    ['another one on trial', OTHER, MINUTE],
    ['the same again, which confirms nothing', TRIED, undefined],
    ['the last good one', POLICY, undefined],
  ])('%s is refused, and told what to do', (_, policy, within) => {
    applyTrial();
    const before = bench.entries();
    const asked = { policy, ...by, ...(within !== undefined && { confirmWithinMs: within }) };
    expect(bench.command('applyPolicy', asked)).toMatchObject({
      ok: false,
      refusal: {
        code: 'conflict',
        message: expect.stringMatching(/penstock confirm 2.*penstock rollback 1/),
      },
    });
    expect([digest(), bench.entries()]).toEqual([TRIED.digest, before]);
    bench.pass(MINUTE);
    expect(digest()).toBe(POLICY.digest);
  });

  it.each([
    ['none that is there', 99, 'notFound', /no revision 99/],
    ['one that does not wait', 1, 'conflict', /revision 2 waits to be confirmed, not 1/],
  ])('a confirmation of %s changes nothing', (_, revision, code, message) => {
    applyTrial();
    const before = bench.entries();
    expect(confirm(revision)).toMatchObject({ refusal: { code, message: expect.stringMatching(message) } });
    expect([trial()?.revision, bench.entries()]).toEqual([2, before]);
  });

  it.each([
    ['before there was one', () => {}, undefined, /nothing waits/],
    ['of one that is confirmed', () => confirm(2), 2, /was confirmed by printer/],
    ['past its time, before anybody looked', () => bench.sleep(MINUTE), 2, /was taken back by revision 3/],
    ['of one that was taken back', () => bench.pass(MINUTE), 2, /was taken back by revision 3/],
  ])('a confirmation %s is refused with what became of it', (_, happens, revision, message) => {
    if (revision !== undefined) applyTrial();
    happens();
    expect(confirm(revision)).toMatchObject({
      refusal: { code: 'conflict', message: expect.stringMatching(message) },
    });
    if (revision === undefined) expect(bench.recorded('trial.confirmed')).toEqual([]);
  });

  it('a confirmation that cannot be recorded is none', () => {
    applyTrial();
    const free = bench.fillDisk();
    expect(confirm(2)).toMatchObject({ refusal: { code: 'failed' } });
    expect(trial()).toMatchObject({ revision: 2 });
    free();
    bench.pass(MINUTE);
    expect(digest()).toBe(POLICY.digest);
  });

  it("a person's rollback to the last good revision takes it back at once", () => {
    applyTrial();
    bench.order('rollback', { to: 1, actor: 'printer', reason: 'wrong file' });
    expect(digest()).toBe(POLICY.digest);
    expect(bench.recorded('trial.reverted')).toMatchObject([
      {
        actor: 'printer',
        body: { trial: { end: { cause: 'rollback', reason: 'wrong file', revision: 3 } } },
      },
    ]);
    expectSettled();
    bench.pass(HOUR);
    expect(bench.recorded('trial.reverted')).toHaveLength(1);
  });

  it('a rollback that would keep it unconfirmed is refused', () => {
    applyTrial();
    bench.block({ kind: 'destination', prefix: '192.0.2.7/32' });
    const outcome = bench.command('rollback', { to: 2, actor: 'printer', reason: '' });
    expect(outcome).toMatchObject({
      refusal: { code: 'conflict', message: expect.stringMatching(/penstock confirm 2/) },
    });
    expect([trial()?.revision, bench.elements().size]).toEqual([2, 1]);
  });

  it('people block, approve and revoke as ever', () => {
    bench.see(LISTED);
    applyTrial();
    bench.answer('approve', 'D1');
    const { id } = bench.block({ kind: 'destination', prefix: '192.0.2.7/32' });
    expect(bench.answer('revoke', id).state).toBe('revoked');
    expect(trial()).toMatchObject({ revision: 3 });
  });
});

describe('taken back, of what happened meanwhile', () => {
  const standing = () => bench.decisions('active').concat(bench.decisions('provisional'));
  const targets = (decisions: Decision[]) =>
    decisions.map(({ target }) => (target.kind === 'destination' ? target.prefix : target.kind)).toSorted();

  it('what the policy blocked is lifted', () => {
    applyTrial(loadGood(SPEC.replace('203.0.113.0/24', '192.0.2.0/24')));
    bench.see({ to: '203.0.113.9 443' });
    expect(bench.elements().size).toBe(1);
    bench.pass(MINUTE);
    expect(bench.elements().size).toBe(0);
    expect(bench.decisions('revoked')).toMatchObject([{ id: 'D1', answers: [{ actor: 'penstock' }] }]);
    expectSettled();
  });

  it('what the policy lifted is blocked again, with the end that it had', () => {
    bench.see(LISTED);
    const before = bench.elements();
    const digestBefore = bench.engine.enforcer.digest;
    applyTrial(loadGood(`${SPEC}  neverBlock: {destinations: [198.51.100.66/32]}\n`));
    expect(bench.elements().size).toBe(0);
    expect(bench.recorded('trial.begun')).toMatchObject([{ body: { trial: { lifts: ['D1'] } } }]);
    bench.pass(MINUTE);
    expect([...bench.elements()]).toEqual([[LISTED_ELEMENT, (before.get(LISTED_ELEMENT) ?? 0) - MINUTE]]);
    expect(bench.engine.enforcer.digest).toBe(digestBefore);
    expectSettled();
  });

  it('what people did stays: blocks, approvals, revocations', () => {
    bench.see(LISTED);
    bench.block({ kind: 'destination', prefix: '192.0.2.7/32' });
    applyTrial();
    bench.answer('approve', 'D1');
    bench.answer('revoke', 'D2');
    bench.block({ kind: 'destination', prefix: '192.0.2.8/32' });
    bench.pass(MINUTE);
    expect(digest()).toBe(POLICY.digest);
    expect(targets(standing())).toEqual(['192.0.2.8/32', '198.51.100.66/32']);
    expect(bench.engine.desk.get('D1')).toMatchObject({ state: 'active' });
    expectSettled();
  });

  it('what only time ended stays ended', () => {
    bench.block({ kind: 'destination', prefix: '192.0.2.7/32' }, MINUTE / 2);
    applyTrial();
    bench.pass(MINUTE);
    expect(standing()).toEqual([]);
    expect(bench.recorded('rollback.done')).toMatchObject([{ body: { expired: ['D1'], reinstated: [] } }]);
  });

  it('what the last good policy finds wrong as well is blocked again by it', () => {
    applyTrial();
    bench.see({ to: '198.18.0.1 443' });
    expect(bench.elements().size).toBe(1);
    bench.pass(MINUTE);
    expect(standing()).toMatchObject([{ id: 'D2', state: 'active' }]);
  });
});

describe('a daemon that is started again', () => {
  it('goes on with the trial in the same boot, with the time that is left', async () => {
    applyTrial();
    bench.kill();
    bench.sleep(MINUTE - 10_000);
    await bench.launch();
    expect(digest()).toBe(TRIED.digest);
    expect(trial()).toMatchObject({ revision: 2, leftMs: 10_000 });
    bench.pass(10_000);
    expect(digest()).toBe(POLICY.digest);
    expectSettled();
  });

  it('can be told that it is confirmed', async () => {
    applyTrial();
    await bench.restart();
    expect(confirm()).toMatchObject({ ok: true });
    await bench.restart();
    bench.pass(HOUR);
    expect(digest()).toBe(TRIED.digest);
    expectSettled();
  });

  it.each([
    ['after the deadline', MINUTE, {}, 'deadline'],
    ['in another boot, before the deadline', 1_000, { bootId: 'boot-2' }, 'reboot'],
    ['in a boot that it cannot tell', 1_000, { bootId: null }, 'reboot'],
  ])('%s takes it back before it is in force again', async (_, ms, settings, cause) => {
    const seen = bench.elements().size;
    applyTrial();
    bench.see({ to: '203.0.113.9 443' });
    bench.kill();
    bench.sleep(ms);
    await bench.launch(settings);
    expect(digest()).toBe(POLICY.digest);
    expect(bench.recorded('trial.reverted')).toMatchObject([{ body: { trial: { end: { cause } } } }]);
    expect(bench.elements().size).toBe(seen);
    expectSettled();
    await bench.restart(settings);
    expect(bench.recorded('trial.reverted')).toHaveLength(1);
    expect(digest()).toBe(POLICY.digest);
  });

  it('takes it back when the uptime has begun anew under the same boot id, as in a container', async () => {
    applyTrial();
    bench.kill();
    bench.uptimeOffsetMs -= HOUR;
    await bench.launch();
    expect(digest()).toBe(POLICY.digest);
  });

  it('takes it back when the policy cannot be read any more', async () => {
    applyTrial();
    bench.forgetHowToRead(TRIED.digest);
    await bench.restart();
    bench.remember();
    expect(digest()).toBe(POLICY.digest);
    expect(bench.recorded('trial.reverted')).toMatchObject([
      { body: { trial: { end: { cause: 'unreadable' } } } },
    ]);
  });

  describe('with a policy file', () => {
    const refused = () => bench.recorded('policy.refused').map(({ body }) => body.problems[0]);

    it('that holds the tried policy: it does not boot', async () => {
      applyTrial();
      await bench.restart({ policy: TRIED, bootId: 'boot-2' });
      expect(digest()).toBe(POLICY.digest);
      expect(refused()).toEqual([expect.stringMatching(/was not taken/)]);
      expectSettled();
    });

    it('that holds it still at later starts: it does not boot then either', async () => {
      applyTrial();
      bench.pass(MINUTE);
      await bench.restart({ policy: TRIED });
      await bench.restart({ policy: TRIED, bootId: 'boot-2' });
      expect(digest()).toBe(POLICY.digest);
      expect(refused()).toEqual(Array(2).fill(expect.stringMatching(/nobody did/)));
    });

    it('that holds a third one: not in a window, but at the next start', async () => {
      applyTrial();
      await bench.restart({ policy: OTHER });
      expect([digest(), trial()?.revision]).toEqual([TRIED.digest, 2]);
      expect(refused()).toHaveLength(1);
      bench.pass(MINUTE);
      expect(digest()).toBe(POLICY.digest);
      await bench.restart({ policy: OTHER });
      expect(digest()).toBe(OTHER.digest);
    });

    it('that was tried, taken back and then applied for good: it boots', async () => {
      applyTrial();
      bench.pass(MINUTE);
      bench.order('applyPolicy', { policy: TRIED, actor: 'file', reason: 'SIGHUP' });
      await bench.restart({ policy: TRIED });
      expect(digest()).toBe(TRIED.digest);
      expect(refused()).toEqual([]);
    });
  });
});

it('a violation that stands is judged by the policy that is back', () => {
  bench.see(VIOLATION);
  expect(bench.elements().size).toBe(1);
  applyTrial();
  bench.pass(MINUTE);
  expect(bench.elements().size).toBe(1);
  expectSettled();
});
