/** Whatever people, traffic and time do, in whatever order: the kernel holds what the ledger says. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Decision, Target } from '../../../src/decision/decision.ts';
import { DesiredState } from '../../../src/enforcement/desired-state.ts';
import { loadGood } from '../policy/sources.ts';
import { acts, perform } from './acts.ts';
import { Bench, POLICY, SPEC } from './bench.ts';

const TARGETS: Target[] = [
  { kind: 'destination', prefix: '192.0.2.7/32' },
  { kind: 'destination', prefix: '192.0.2.0/24' },
  { kind: 'destination', prefix: '192.0.2.128/25' },
  { kind: 'destination', prefix: '2001:db8:66::/64' },
  { kind: 'flow', host: '10.1.0.10', destination: '192.0.2.7', service: { protocol: 6, port: 443 } },
  { kind: 'flow', host: '10.1.0.10', destination: '192.0.2.7', service: { protocol: 1, port: null } },
  { kind: 'host', host: '10.1.0.10', allowTo: ['198.51.100.0/24', '198.51.100.8/29'] },
];
const POLICIES = [
  POLICY,
  loadGood(SPEC.replace('approval: provisional, holdFor: 15m', 'approval: required, approvalTimeout: 10m')),
  loadGood(`${SPEC}  neverBlock: {destinations: [198.51.100.66/32]}\n`),
];

const DESTINATIONS = ['192.0.2.7', '192.0.2.200', '198.51.100.66'];
const act = acts({ policies: POLICIES, targets: TARGETS, destinations: DESTINATIONS });

/** What the ledger alone says should stand. */
function standing(bench: Bench): Decision[] {
  return [...bench.decisions('provisional'), ...bench.decisions('active')];
}

function check(bench: Bench): void {
  const desired = new DesiredState();
  for (const decision of standing(bench)) desired.put(decision);
  const wanted = [...desired.elements(Date.now())].map(
    ({ id, expiresAtMs }) => [id, expiresAtMs - Date.now()] as const,
  );
  const found = bench.elements();
  expect([...found.keys()].toSorted()).toEqual(wanted.map(([id]) => id).toSorted());
  for (const [id, leftMs] of wanted) expect(Math.abs((found.get(id) ?? 0) - leftMs)).toBeLessThan(2_000);
  expect(bench.engine.enforcer.reconcile(Date.now())).toEqual({ differences: [] });
  const revision = bench.engine.ledger.queries.latestRevision();
  expect(revision?.rulesetDigest).toBe(bench.engine.enforcer.digest);
  expect(revision?.policyDigest).toBe(bench.engine.policies.digest);
  expect(bench.recorded('drift.found')).toEqual([]);
}

/** All that an engine knows of decisions, policy and incidents. */
function state(bench: Bench): unknown {
  const { decisions, policy, openIncidents } = bench.engine.status();
  const live = bench.engine.desk.live().toSorted((x, y) => x.id.localeCompare(y.id));
  return {
    decisions,
    policy,
    openIncidents,
    live,
    elements: bench.elements(),
    digest: bench.engine.enforcer.digest,
  };
}

it('the kernel holds what the ledger says, and a restart changes nothing', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(act, { minLength: 1, maxLength: 15 }), async (acts) => {
      using bench = await Bench.start();
      for (const each of acts) {
        await perform(bench, each, POLICIES);
        check(bench);
      }
      const before = state(bench);
      await bench.restart();
      expect(state(bench)).toEqual(before);
      check(bench);
    }),
    { numRuns: 25 },
  );
}, 120_000);
