import { afterEach, describe, expect, it, vi } from 'vitest';
import { type AllowCounters, RuleHits } from '../../../src/engine/rule-hits.ts';
import { compilePolicy } from '../../../src/policy/compiled-policy.ts';
import { loadText, NOW, policyText } from '../policy/sources.ts';
import { ALLOWED, Bench, SPEC } from './bench.ts';

function inForce(spec: string, mode = 'respond') {
  const result = loadText({ 'p.yaml': policyText(spec).replace('mode: respond', `mode: ${mode}`) });
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return { policy: result.policy, compiled: compilePolicy(result.policy) };
}

const ENFORCING = inForce(SPEC, 'enforce');
const [FIRST] = ENFORCING.policy.rules;

/** Elements with their rule's place and what they have counted. */
class FakeAllow implements AllowCounters {
  readonly elements = new Map<string, [rule: number, packets: number]>();

  *counters() {
    for (const [id, [rule, packets]] of this.elements) yield { id, rule, counter: { packets, bytes: 0 } };
  }
}

function hitsOf(hits: RuleHits): (number | null)[] {
  const { hits: count, lastHitMs } = hits.list(NOW).rules[0];
  return [count, lastHitMs];
}

describe('where the kernel does not decide', () => {
  it('connections are hits', () => {
    const hits = new RuleHits(NOW);
    hits.changePolicy(inForce(SPEC));
    hits.met(FIRST.id, NOW + 5);
    hits.met(FIRST.id, NOW + 3);
    expect(hitsOf(hits)).toEqual([2, NOW + 5]);
    expect(hits.list(NOW)).toMatchObject({ source: 'connections', sinceMs: NOW });
  });
});

describe('where the kernel decides', () => {
  it('the elements of a rule are added up, and connections tell only when', () => {
    const allow = new FakeAllow();
    const hits = new RuleHits(NOW, allow);
    hits.changePolicy(ENFORCING);
    allow.elements.set('a', [0, 5]).set('b', [0, 7]);
    hits.met(FIRST.id, NOW);
    hits.readKernel(NOW);
    hits.readKernel(NOW);
    expect(hitsOf(hits)).toEqual([12, NOW]);
    expect(hits.list(NOW).source).toBe('kernel');
  });

  it('an element that was made again counts from 0, and one that is gone takes nothing along', () => {
    const allow = new FakeAllow();
    const hits = new RuleHits(NOW, allow);
    hits.changePolicy(ENFORCING);
    allow.elements.set('a', [0, 5]).set('b', [0, 1]);
    hits.readKernel(NOW);
    allow.elements.set('a', [0, 2]);
    allow.elements.delete('b');
    hits.readKernel(NOW);
    allow.elements.set('b', [0, 1]);
    hits.readKernel(NOW);
    expect(hitsOf(hits)).toEqual([9, NOW]);
  });
});

it('a rule keeps its hits over a change of policy, and one that left begins anew', () => {
  const hits = new RuleHits(NOW);
  hits.changePolicy(inForce(SPEC));
  hits.met(FIRST.id, NOW);
  hits.changePolicy(inForce(SPEC));
  expect(hitsOf(hits)[0]).toBe(1);
  hits.changePolicy(inForce(SPEC.replaceAll(FIRST.id, 'another')));
  expect(hitsOf(hits)[0]).toBe(0);
  hits.changePolicy(inForce(SPEC));
  expect(hitsOf(hits)[0]).toBe(0);
});

describe('in the engine', () => {
  afterEach(() => {
    vi.useRealTimers();
    vi.restoreAllMocks();
  });

  it('a new connection is one hit, however long it lives', async () => {
    const bench = await Bench.start();
    bench.see(ALLOWED, { ...ALLOWED, event: 'update' });
    const { rules } = bench.order('rules', {});
    expect(rules.map(({ rule, hits }) => [rule, hits])).toContainEqual([FIRST.id, 1]);
    bench.kill();
  });
});
