/** A clock that is set by hours while a policy is on trial: it is taken back when it was to be, and leaves what people did. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Policy } from '../../../src/policy/policy.ts';
import { loadGood } from '../policy/sources.ts';
import { Bench, HOUR, LISTED, MINUTE, POLICY, SPEC } from './bench.ts';

const TRIED = loadGood(SPEC.replace('203.0.113.0/24', '192.0.2.0/24'));
const PROTECTING = loadGood(`${SPEC}  neverBlock: {destinations: [198.51.100.66/32]}\n`);
const JUMPS = [5 * HOUR, -5 * HOUR];

let bench: Bench;
beforeEach(async () => {
  bench = await Bench.start();
});
afterEach(() => bench[Symbol.dispose]());

const by = { actor: 'laptop', reason: '' };
const digest = () => bench.engine.policies.digest;
const standing = () => bench.decisions('active').concat(bench.decisions('provisional'));
const begin = (policy: Policy, confirmWithinMs = MINUTE) =>
  bench.order('applyPolicy', { policy, ...by, confirmWithinMs });

async function whileDown(jumpMs: number): Promise<void> {
  bench.kill();
  bench.jump(jumpMs);
  bench.sleep(10_000);
  await bench.launch();
}

const WAYS: [string, (jumpMs: number) => void | Promise<void>][] = [
  ['while the daemon runs', (jumpMs) => bench.jump(jumpMs)],
  ['while it is down', whileDown],
  [
    'while it runs and while it is down',
    async (jumpMs) => {
      bench.jump(jumpMs);
      await whileDown(jumpMs);
    },
  ],
  [
    'there and back',
    async (jumpMs) => {
      bench.jump(jumpMs);
      await whileDown(-jumpMs);
    },
  ],
];

describe.each(JUMPS)('a clock that is set by %i ms', (jumpMs) => {
  it.each(WAYS)('%s neither lengthens nor shortens a trial', async (_, happens) => {
    begin(TRIED);
    const dueAt = performance.now() + MINUTE;
    bench.pass(20_000);
    await happens(jumpMs);
    expect(bench.engine.status().trial).toMatchObject({ leftMs: dueAt - performance.now() });
    bench.pass(dueAt - performance.now() - 1);
    expect(digest()).toBe(TRIED.digest);
    bench.pass(1);
    expect(digest()).toBe(POLICY.digest);
  });

  it('keeps no trial that is over from being taken back by the next start', async () => {
    begin(TRIED);
    bench.sleep(MINUTE - 10_000);
    await whileDown(jumpMs);
    expect(digest()).toBe(POLICY.digest);
  });

  it.each(WAYS)('%s: what the policy lifted returns with the time that it had left', async (_, happens) => {
    bench.see(LISTED);
    const overAt = performance.now() + 15 * MINUTE;
    begin(PROTECTING);
    await happens(jumpMs);
    bench.pass(MINUTE);
    expect(standing().map(({ expiresAtMs }) => (expiresAtMs ?? 0) - Date.now())).toEqual([
      overAt - performance.now(),
    ]);
    expect(bench.engine.enforcer.reconcile(Date.now())).toEqual({ differences: [] });
  });

  it.each(WAYS)('%s: what somebody approved meanwhile stays', async (_, happens) => {
    begin(TRIED, HOUR);
    await happens(jumpMs);
    bench.pass(1_000);
    bench.see(LISTED);
    bench.answer('approve', 'D1');
    bench.pass(HOUR);
    expect(digest()).toBe(POLICY.digest);
    expect(standing()).toMatchObject([{ id: 'D1', state: 'active' }]);
  });

  it('just before a trial: what was approved before comes and goes with it', async () => {
    bench.see(LISTED);
    bench.answer('approve', 'D1');
    const then = bench.engine.journal.lastRevision;
    bench.answer('revoke', 'D1');
    bench.jump(jumpMs);
    bench.pass(1_000);
    bench.order('rollback', { to: then, ...by, confirmWithinMs: MINUTE });
    expect(standing()).toMatchObject([{ id: 'D2', answers: [{ verb: 'approve' }] }]);
    bench.pass(MINUTE);
    expect(standing()).toEqual([]);
  });
});

it('a block that a person revoked and took back while a policy was on trial stays', () => {
  bench.see(LISTED);
  begin(TRIED);
  bench.answer('reject', 'D1');
  bench.order('undo', { id: 'D1', ...by });
  bench.pass(MINUTE);
  expect(digest()).toBe(POLICY.digest);
  expect(standing()).toMatchObject([{ id: 'D2' }]);
});
