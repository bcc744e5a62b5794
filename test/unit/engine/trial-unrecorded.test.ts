/** A policy on trial whose deadline comes while the ledger takes no entries. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { loadGood } from '../policy/sources.ts';
import { Bench, MINUTE, POLICY, SPEC } from './bench.ts';

const TRIED = loadGood(SPEC.replace('203.0.113.0/24', '192.0.2.0/24'));

let bench: Bench;
beforeEach(async () => {
  bench = await Bench.start();
  const order = { actor: 'laptop', reason: 'moved', confirmWithinMs: MINUTE };
  bench.order('applyPolicy', { policy: TRIED, ...order });
});
afterEach(() => {
  bench[Symbol.dispose]();
});

const digest = () => bench.engine.policies.digest;
const last = () => bench.engine.ledger.queries.latestRevision();
const trial = () => bench.engine.status().trial;

function expectSettled(): void {
  expect(trial()).toBeNull();
  expect(digest()).toBe(POLICY.digest);
  expect(last()?.policyDigest).toBe(POLICY.digest);
  expect(bench.recorded('policy.applied').at(-1)?.body.digest).toBe(POLICY.digest);
  expect(bench.recorded('trial.reverted')).toHaveLength(1);
  expect(bench.engine.enforcer.reconcile(Date.now())).toEqual({ differences: [] });
}

it('does not stay in force past it, and is recorded when it can be', () => {
  bench.see({ to: '203.0.113.9 443' });
  const free = bench.fillDisk();
  bench.pass(MINUTE);
  bench.pass(1_000);
  expect(digest()).toBe(POLICY.digest);
  expect(bench.log('error').filter((line) => line.includes('is taken back, but'))).toHaveLength(1);
  expect(trial()).toMatchObject({ leftMs: 0 });
  free();
  bench.pass(1_000);
  expect(last()).toMatchObject({ restoredFrom: 1 });
  expect(bench.elements().size).toBe(0);
  expectSettled();
});

it('is recorded as well when somebody decides something first, which names the policy that is back', () => {
  const free = bench.fillDisk();
  bench.pass(MINUTE);
  free();
  bench.block({ kind: 'destination', prefix: '192.0.2.7/32' });
  expect(last()).toMatchObject({ kind: 'decision', policyDigest: POLICY.digest });
  bench.pass(1_000);
  expectSettled();
});

it('is taken back by the next start when the daemon dies meanwhile', async () => {
  bench.fillDisk();
  bench.pass(MINUTE);
  await bench.restart();
  expectSettled();
});
