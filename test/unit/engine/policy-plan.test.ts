import { describe, expect, it } from 'vitest';
import { finish } from '../../../src/engine/job.ts';
import type { InForce } from '../../../src/engine/policy-keeper.ts';
import { because, planPolicy } from '../../../src/engine/policy-plan.ts';
import { FlowTable } from '../../../src/flow/flow-table.ts';
import { compilePolicy } from '../../../src/policy/compiled-policy.ts';
import type { Policy } from '../../../src/policy/policy.ts';
import type { Verdict } from '../../../src/policy/verdict.ts';
import { type EntryText, entry } from '../flow/entry.ts';
import { loadGood, NOW } from '../policy/sources.ts';
import { ALLOWED, LISTED, POLICY, SPEC, VIOLATION } from './bench.ts';

const NOW_IN_FORCE = { policy: POLICY, compiled: compilePolicy(POLICY) };

function tableOf(...texts: EntryText[]): FlowTable {
  const { compiled } = NOW_IN_FORCE;
  const table = new FlowTable({ isOurs: (address) => compiled.isOurs(address), maxFlows: 1_000 });
  for (const text of texts) table.observe(entry(text), NOW, () => {});
  return table;
}

const inForce = (spec: string): InForce => {
  const policy = loadGood(spec);
  return { policy, compiled: compilePolicy(policy) };
};
const plan = (spec: string, ...flows: EntryText[]) =>
  finish(planPolicy(NOW_IN_FORCE, inForce(spec), tableOf(...flows), NOW));
/** `mode: enforce` by itself may not be taken by this version: the plan does not depend on it. */
const planEnforced = (spec: string, ...flows: EntryText[]) => {
  const policy: Policy = { ...loadGood(spec), mode: 'enforce' };
  const next = { policy, compiled: compilePolicy(policy) };
  return finish(planPolicy(NOW_IN_FORCE, next, tableOf(...flows), NOW));
};

describe('planPolicy', () => {
  it('finds nothing in the same policy, nor in one that only moved its lines', () => {
    expect(plan(SPEC, ALLOWED)).toMatchObject({ changed: false });
    const moved = plan(`\n\n${SPEC}`, ALLOWED);
    expect(moved).toMatchObject({
      changed: true,
      rules: { added: [], removed: [], changed: [] },
      denyLists: { added: [], removed: [], changed: [] },
      flows: { newlyDenied: 0, newlyAllowed: 0, examples: [] },
    });
  });

  it('names rules and lists that came, went and changed', () => {
    const spec = SPEC.replace('id: web-out', 'id: web-in').replace('known command', 'unknown command');
    expect(plan(spec)).toMatchObject({
      rules: { added: ['web-in'], removed: ['web-out'], changed: [] },
      denyLists: { changed: ['c2'] },
    });
  });

  it('counts standing flows that would fare otherwise, with the reason before and after', () => {
    const spec = SPEC.replace('203.0.113.0/24', '192.0.2.0/24');
    expect(plan(spec, ALLOWED, LISTED, VIOLATION).flows).toEqual({
      newlyDenied: 1,
      newlyAllowed: 1,
      examples: [
        '10.1.0.12 to 203.0.113.9 tcp/443: allowed by web-out, then allowed by no rule',
        '10.1.0.10 to 192.0.2.1 tcp/443: allowed by no rule, then allowed by web-out',
      ],
    });
  });

  it('says nothing of what others open to hosts of ours', () => {
    const inbound = { from: '192.0.2.7 40000', to: '10.1.0.10 443' };
    expect(plan(`${SPEC}\n`, inbound)).toMatchObject({ flows: { newlyDenied: 0 }, cuts: { count: 0 } });
    expect(planEnforced(SPEC, inbound)).toMatchObject({ flows: { newlyDenied: 0 }, cuts: { count: 0 } });
  });

  it('names groups, sets, services and schedules, answers and what must never be blocked', () => {
    const spec = `${SPEC.replace(
      '{maxBlocksPerMinute: 3}',
      '{maxBlocksPerMinute: 4, circuitBreaker: {enabled: false}}',
    )
      .replace('target: flow, ttl: 1h', 'target: flow, ttl: 2h')
      .replace('web: {cidrs: [10.1.0.0/24', 'web: {cidrs: [10.2.0.0/24')
      .replace('services:\n', 'services:\n    ssh: [{protocol: tcp, ports: [22]}]\n')}
  addressSets: {mirrors: {cidrs: [192.0.2.0/24]}}
  schedules: {nightly: {timezone: UTC, days: [mon], start: "01:00", end: "04:00"}}
  neverBlock: {destinations: [10.0.0.53/32], ports: [tcp/22]}
`;
    expect(plan(spec)).toMatchObject({
      hostGroups: { added: [], removed: [], changed: ['web'] },
      services: { added: ['ssh'], removed: [], changed: [] },
      addressSets: { added: ['mirrors'] },
      schedules: { added: ['nightly'] },
      response: { added: [], removed: [], changed: ['policyViolation'] },
      neverBlock: { added: ['destination 10.0.0.53/32', 'port tcp/22'] },
      guardrails: [
        { field: 'maxBlocksPerMinute', from: '3', to: '4' },
        { field: 'maxBlocksPerHour', from: '30', to: '40' },
        ...['blocks', 'timesUsual', 'vetoes', 'withinMs'].map((name) => ({
          field: `circuitBreaker.${name}`,
          to: 'off',
        })),
      ],
    });
  });

  it('judges hosts that come into a group', () => {
    const spec = SPEC.replace('10.1.0.0/24', '10.0.0.0/8');
    expect(plan(spec, { from: '10.9.0.1 40000', to: '192.0.2.1 443' }).flows.newlyDenied).toBe(1);
  });

  it('gives twenty examples and counts all', () => {
    const flows = Array.from({ length: 30 }, (_, i) => ({ ...ALLOWED, from: `10.1.0.12 ${i + 1}`, id: i }));
    const { newlyDenied, examples } = plan(SPEC.replace('203.0.113.0/24', '192.0.2.0/24'), ...flows).flows;
    expect([newlyDenied, examples.length]).toEqual([30, 20]);
  });
});

describe('connections that would be cut', () => {
  const FORBIDS = SPEC.replace('203.0.113.0/24', '192.0.2.0/24');

  it('are those that the kernel would drop, by rule, host and destination', () => {
    const more = { ...ALLOWED, from: '10.1.0.13 40002' };
    expect(planEnforced(FORBIDS, ALLOWED, more, VIOLATION).cuts).toEqual({
      count: 2,
      byRule: [{ key: 'web-out', count: 2 }],
      byHost: [
        { key: '10.1.0.12', count: 1 },
        { key: '10.1.0.13', count: 1 },
      ],
      byDestination: [{ key: '203.0.113.9 tcp/443', count: 2 }],
      examples: ['10.1.0.12', '10.1.0.13'].map(
        (host) =>
          `${host} to 203.0.113.9 tcp/443: allowed by web-out, then allowed by no rule (0 bytes so far)`,
      ),
    });
  });

  it.each<[string, string, number]>([
    ['none where the kernel does not enforce the rules', FORBIDS, 0],
    ['what comes onto a deny list, there too', SPEC.replace('66/32]', '66/32, 203.0.113.9/32]'), 1],
    ['nothing that is never blocked', `${FORBIDS}  neverBlock: {sources: [10.1.0.12/32]}\n`, 0],
  ])('in respond mode: %s', (_, spec, count) => {
    expect(plan(spec, ALLOWED).cuts.count).toBe(count);
  });

  it.each<[string, string]>([
    ['source', 'sources: [10.1.0.12/32]'],
    ['destination', 'destinations: [203.0.113.0/24]'],
    ['port', 'ports: [tcp/443]'],
  ])('are none of a never-block %s', (_, kept) => {
    expect(planEnforced(`${FORBIDS}  neverBlock: {${kept}}\n`, ALLOWED).cuts.count).toBe(0);
    expect(planEnforced(FORBIDS, ALLOWED).cuts.count).toBe(1);
  });

  it('are none of hosts that are in no group', () => {
    expect(planEnforced(FORBIDS, { from: '10.9.0.1 4000', to: '203.0.113.9 443' }).cuts.count).toBe(0);
  });
});

it.each<[Verdict, string]>([
  [{ kind: 'allow', rule: 'r', ruleIndex: 0 }, 'allowed by r'],
  [{ kind: 'deny', cause: 'denyList', list: 'c2', reason: 'bad' }, 'denied by c2'],
  [{ kind: 'deny', cause: 'policyViolation' }, 'allowed by no rule'],
  [{ kind: 'exempt', reason: 'linkScope' }, 'linkScope'],
])('a verdict in a few words: %o', (verdict, words) => {
  expect(because(verdict)).toBe(words);
});
