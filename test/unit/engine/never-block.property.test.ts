/** Whatever people, traffic and misfortune do: no automatic block stands that the policy in force forbids. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Target } from '../../../src/decision/decision.ts';
import { isForbidden } from '../../../src/decision/guardrails.ts';
import { neverBlockGuard } from '../../../src/policy/compiled-policy.ts';
import type { Policy } from '../../../src/policy/policy.ts';
import { loadGood, loadText, policyText } from '../policy/sources.ts';
import { type Act, acts, Disk, type Misfortune, misfortunes, perform } from './acts.ts';
import { Bench, SPEC } from './bench.ts';

const FAST = SPEC.replace('maxBlocksPerMinute: 3', 'maxBlocksPerMinute: 1000');
const [ONE, OTHER] = ['192.0.2.7', '198.51.100.66'];
const POLICIES = [
  loadGood(FAST),
  loadGood(FAST.replace('approval: none', 'approval: provisional, holdFor: 5s')),
  loadGood(FAST.replace('approval: none', 'approval: required, approvalTimeout: 20s')),
  loadGood(protecting(ONE)),
  loadGood(protecting(OTHER)),
  inMode('audit', FAST),
  inMode('enforce', protecting(ONE)),
];
const TARGETS: Target[] = [
  { kind: 'destination', prefix: `${ONE}/32` },
  { kind: 'flow', host: '10.1.0.10', destination: ONE, service: { protocol: 6, port: 443 } },
];
const usual = acts({ policies: POLICIES, targets: TARGETS, destinations: [ONE, OTHER] });
/** Blocks and changes of policy are what matters here. */
const telling = usual.filter((each) => ['see', 'apply', 'rollback'].includes(each.do));
const act = fc.oneof(
  { weight: 2, arbitrary: usual },
  { weight: 3, arbitrary: telling },
  { weight: 2, arbitrary: misfortunes },
);

function protecting(address: string): string {
  return `${FAST}  neverBlock: {destinations: [${address}/32]}\n`;
}

function inMode(mode: string, spec: string): Policy {
  const result = loadText({ 'p.yaml': policyText(spec).replace('mode: respond', `mode: ${mode}`) });
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return result.policy;
}

async function happen(bench: Bench, disk: Disk, each: Act | Misfortune): Promise<void> {
  switch (each.do) {
    case 'jump':
      return bench.jump(each.ms);
    case 'fill':
    case 'fill-after-intent':
      return disk.fill(each.do === 'fill-after-intent');
    case 'free':
      disk.free();
      // The retry of what could not be recorded.
      bench.pass(6_000);
      return;
    case 'restart':
      disk.free();
      return perform(bench, each, POLICIES);
    default:
      return perform(bench, each, POLICIES);
  }
}

function check({ engine, decisions }: Pick<Bench, 'engine' | 'decisions'>): void {
  const { policies, ledger } = engine;
  const guard = neverBlockGuard(policies.inForce.policy.neverBlock);
  const standing = [...engine.desk.active.values(), ...decisions('active'), ...decisions('provisional')];
  expect(standing.filter((each) => isForbidden(each, guard)).map(({ id }) => id)).toEqual([]);
  const [applied] = ledger.queries.entries({ type: 'policy.applied', order: 'newest', limit: 1 });
  expect(applied?.subject).toBe(policies.digest);
}

it('no automatic block stands that the policy in force forbids', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(act, { minLength: 1, maxLength: 25, size: 'max' }), async (list) => {
      using bench = await Bench.start(POLICIES[0]);
      const disk = new Disk(bench);
      for (const each of list) {
        await happen(bench, disk, each);
        // What comes next may be before anybody has looked at the clock.
        if (!disk.isWell || each.do === 'jump') continue;
        bench.pass(500);
        check({ engine: bench.engine, decisions: (state) => bench.decisions(state) });
      }
    }),
    { numRuns: 50 },
  );
}, 120_000);
