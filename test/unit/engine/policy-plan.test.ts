import { describe, expect, it } from 'vitest';
import { because, planPolicy } from '../../../src/engine/policy-plan.ts';
import { FlowTable } from '../../../src/flow/flow-table.ts';
import { compilePolicy } from '../../../src/policy/compiled-policy.ts';
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

const plan = (spec: string, ...flows: EntryText[]) =>
  planPolicy(NOW_IN_FORCE, loadGood(spec), tableOf(...flows), NOW);

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

it.each<[Verdict, string]>([
  [{ kind: 'allow', rule: 'r', ruleIndex: 0 }, 'allowed by r'],
  [{ kind: 'deny', cause: 'denyList', list: 'c2', reason: 'bad' }, 'denied by c2'],
  [{ kind: 'deny', cause: 'policyViolation' }, 'allowed by no rule'],
  [{ kind: 'exempt', reason: 'linkScope' }, 'linkScope'],
])('a verdict in a few words: %o', (verdict, words) => {
  expect(because(verdict)).toBe(words);
});
