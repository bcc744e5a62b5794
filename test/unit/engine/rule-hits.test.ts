import { afterEach, describe, expect, it, vi } from 'vitest';
import type { AllowCounters } from '../../../src/engine/allow-counters.ts';
import { RuleHits } from '../../../src/engine/rule-hits.ts';
import { LedgerError } from '../../../src/ledger/errors.ts';
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
    for (const [id, [rule, packets]] of this.elements)
      yield { id, rule: ENFORCING.policy.rules[rule], packets };
  }

  packetsOf({ id }: { id: string }) {
    return this.elements.get(id)?.[1];
  }
}

function hitsOf(hits: RuleHits): (number | null)[] {
  const { hits: count, lastHitMs } = hits.list(NOW).rules[0];
  return [count, lastHitMs];
}

describe('where the kernel does not decide', () => {
  it('connections are hits', () => {
    const hits = new RuleHits(NOW);
    hits.changePolicy(inForce(SPEC), NOW);
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
    hits.changePolicy(ENFORCING, NOW);
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
    hits.changePolicy(ENFORCING, NOW);
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

describe('over changes of policy', () => {
  it('a rule keeps its hits while it says the same, and one that comes back has those it had', () => {
    const hits = new RuleHits(NOW);
    hits.changePolicy(inForce(SPEC), NOW);
    hits.met(FIRST.id, NOW);
    hits.changePolicy(inForce(SPEC.replace('web-out,', 'web-out, owner: me,')), NOW + 1);
    expect([hitsOf(hits)[0], hits.list(NOW).rules[0].sinceMs]).toEqual([1, NOW]);
    hits.changePolicy(inForce(SPEC.replaceAll(FIRST.id, 'another')), NOW + 2);
    expect([hitsOf(hits)[0], hits.list(NOW).sinceMs]).toEqual([0, NOW + 2]);
    hits.changePolicy(inForce(SPEC), NOW + 3);
    expect([hitsOf(hits)[0], hits.list(NOW).sinceMs]).toEqual([1, NOW]);
  });

  it.each([
    ['to elsewhere', SPEC.replace('203.0.113.0/24', '203.0.113.0/25')],
    [
      'from elsewhere',
      SPEC.replace('from: [web]', 'from: [lab]').replace('web:', 'lab: {cidrs: [10.9.0.0/24]}\n    web:'),
    ],
    ['by other services', SPEC.replace('ports: [443]', 'ports: [8443]')],
  ])('a rule that leads %s begins anew', (_, other) => {
    const hits = new RuleHits(NOW);
    hits.changePolicy(inForce(SPEC), NOW);
    hits.met(FIRST.id, NOW);
    hits.changePolicy(inForce(other), NOW + 1);
    expect(hitsOf(hits)[0]).toBe(0);
  });
});

describe('over a restart', () => {
  /** As another process would have it. */
  const again = (hits: RuleHits, allow?: AllowCounters): RuleHits => {
    const next = new RuleHits(NOW + 9, allow);
    next.restore(hits.takeAllDirty(NOW));
    next.changePolicy(allow ? ENFORCING : inForce(SPEC), NOW + 9);
    return next;
  };

  it('hits go on, also those of none', () => {
    const hits = new RuleHits(NOW);
    hits.changePolicy(inForce(SPEC), NOW);
    expect(again(hits).list(NOW)).toMatchObject({ sinceMs: NOW, rules: [{ hits: 0, lastHitMs: null }] });
    hits.met(FIRST.id, NOW + 1);
    const next = again(hits);
    next.met(FIRST.id, NOW + 2);
    expect(hitsOf(next)).toEqual([2, NOW + 2]);
  });

  it.each([
    ['went on', 15, 15],
    ['stood still', 12, 12],
    // Made anew, they may have counted what is lost; nothing is counted twice.
    ['were made anew', 3, 12],
  ])('where the kernel decides its elements %s', (_, packets, expected) => {
    const allow = new FakeAllow();
    const hits = new RuleHits(NOW, allow);
    hits.changePolicy(ENFORCING, NOW);
    allow.elements.set('a', [0, 5]).set('b', [0, 7]);
    hits.readKernel(NOW);
    const next = again(hits, allow);
    allow.elements.set('a', [0, packets]).set('b', [0, 0]);
    next.readKernel(NOW);
    expect(hitsOf(next)[0]).toBe(expected);
    allow.elements.set('b', [0, 1]);
    next.readKernel(NOW);
    expect(hitsOf(next)[0]).toBe(expected + 1);
  });

  it('only what changed is saved, a part at a time, and what is in use stays known', () => {
    const hits = new RuleHits(NOW);
    const two = SPEC.replace(
      '  denyLists:',
      '    - {id: more, from: [web], to: {cidrs: [192.0.2.0/30]}, services: [https]}\n  denyLists:',
    );
    hits.changePolicy(inForce(two), NOW);
    expect([hits.takeDirty(1, NOW), hits.takeDirty(1, NOW)].map(({ length }) => length)).toEqual([1, 1]);
    expect(hits.isRoundOver).toBe(true);
    hits.met('more', NOW);
    const dirty = hits.takeDirty(5, NOW);
    expect(dirty).toMatchObject([{ hits: 1 }]);
    expect(hits.takeDirty(5, NOW)).toEqual([]);
    hits.putBack(dirty);
    expect(hits.takeDirty(5, NOW)).toEqual(dirty);
    expect(hits.takeDirty(5, NOW + 8 * 86_400_000)).toHaveLength(2);
  });
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
    await bench.restart();
    bench.see({ ...ALLOWED, from: '10.1.0.13 40003' });
    expect(bench.order('rules', {})).toMatchObject({ rules: [{ hits: 2, lastHitMs: NOW, sinceMs: NOW }] });
    bench.kill();
  });

  it('what cannot be saved is saved when it can be', async () => {
    const bench = await Bench.start();
    const save = vi.spyOn(bench.engine.ledger.rules, 'save').mockImplementation(() => {
      throw new LedgerError('PENSTOCK_LEDGER_FULL', 'no space is left');
    });
    bench.see(ALLOWED);
    bench.pass(30_000);
    bench.pass(30_000);
    expect(bench.log('warn').filter((message) => message.includes('hits of rules'))).toHaveLength(1);
    save.mockRestore();
    bench.pass(30_000);
    expect(bench.engine.ledger.rules.take(0, 10)).toMatchObject([{ hits: 1 }]);
    bench.kill();
  });
});
