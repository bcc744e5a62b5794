/** Whatever people, traffic and time do, in whatever order: the kernel holds what the ledger says. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Decision, Target } from '../../../src/decision/decision.ts';
import { DesiredState } from '../../../src/enforcement/desired-state.ts';
import { loadGood } from '../policy/sources.ts';
import { Bench, HOUR, MINUTE, POLICY, SPEC } from './bench.ts';

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

type Trial = { readonly confirmWithinMs?: number };

type Act =
  | { do: 'enact'; target: Target; ttlMs: number }
  | { do: 'see'; to: string; port: number }
  | { do: 'approve' | 'reject' | 'revoke'; pick: number }
  | { do: 'pass'; ms: number }
  | { do: 'rollback'; pick: number; trial: Trial }
  | { do: 'apply'; policy: number; trial: Trial }
  | { do: 'confirm' }
  | { do: 'restart' };

const pick = fc.nat(1_000);
const trial = fc.constantFrom<Trial>({}, {}, { confirmWithinMs: MINUTE });
const act: fc.Arbitrary<Act> = fc.oneof(
  fc.record({
    do: fc.constant('enact' as const),
    target: fc.constantFrom(...TARGETS),
    ttlMs: fc.constantFrom(MINUTE, HOUR, 5 * HOUR),
  }),
  fc.record({
    do: fc.constant('see' as const),
    to: fc.constantFrom('192.0.2.7', '192.0.2.200', '198.51.100.66'),
    port: fc.integer({ min: 1024, max: 65_535 }),
  }),
  fc.record({ do: fc.constantFrom('approve' as const, 'reject' as const, 'revoke' as const), pick }),
  fc.record({ do: fc.constant('pass' as const), ms: fc.constantFrom(500, MINUTE, 20 * MINUTE, 2 * HOUR) }),
  fc.record({ do: fc.constant('rollback' as const), pick, trial }),
  fc.record({ do: fc.constant('apply' as const), policy: fc.nat(POLICIES.length - 1), trial }),
  fc.record({ do: fc.constant('confirm' as const) }),
  fc.record({ do: fc.constant('restart' as const) }),
);

/** Refusals are part of the game: they change nothing, which {@link check} sees. */
async function perform(bench: Bench, act: Act): Promise<void> {
  const actor = 'laptop';
  const reason = 'a test';
  switch (act.do) {
    case 'enact':
      bench.command('enact', { target: act.target, ttlMs: act.ttlMs, actor, reason });
      break;
    case 'see':
      bench.see({ to: `${act.to} 443`, from: `10.1.0.10 ${act.port}`, id: act.port });
      break;
    case 'pass':
      bench.pass(act.ms);
      break;
    case 'rollback':
      bench.command('rollback', {
        to: 1 + (act.pick % bench.engine.journal.lastRevision),
        ...{ actor, reason },
        ...act.trial,
      });
      break;
    case 'apply':
      bench.command('applyPolicy', { policy: POLICIES[act.policy], actor, reason, ...act.trial });
      break;
    case 'confirm':
      bench.command('confirm', { actor, reason });
      break;
    case 'restart':
      await bench.restart();
      break;
    default: {
      const decisions = bench.engine.ledger.queries.decisions({ limit: 1_000 });
      const id = decisions[act.pick % Math.max(1, decisions.length)]?.id ?? 'D1';
      bench.command(act.do, { id, actor, reason });
    }
  }
}

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
        await perform(bench, each);
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
