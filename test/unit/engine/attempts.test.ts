import { describe, expect, it } from 'vitest';
import type { Target } from '../../../src/decision/decision.ts';
import { Attempts } from '../../../src/engine/attempts.ts';
import { decisionOf, destinationTarget, flowTarget, hostTarget } from '../decision/fixtures.ts';

const TARGETS: [string, Target][] = [
  ['a destination', destinationTarget('192.0.2.1/32')],
  ['a flow', flowTarget('10.1.0.10', '192.0.2.1')],
  ['a flow without ports', flowTarget('10.1.0.10', '192.0.2.1', null, 1)],
  ['a host', hostTarget('10.1.0.10')],
];

describe('what was tried for an incident', () => {
  it('is due at once, again after a second, or never', () => {
    const attempts = new Attempts();
    expect(attempts.isDue('I1', 443, 0)).toBe(true);
    attempts.later('I1', 443, 5_000);
    expect(attempts.isDue('I1', 443, 5_999)).toBe(false);
    expect(attempts.isDue('I1', 443, 6_000)).toBe(true);
    attempts.never('I1', 443);
    expect(attempts.isDue('I1', 443, Number.MAX_SAFE_INTEGER)).toBe(false);
  });

  it('is kept by incident and service', () => {
    const attempts = new Attempts();
    attempts.never('I1', 443);
    expect(attempts.isDue('I1', 80, 0)).toBe(true);
    expect(attempts.isDue('I2', 443, 0)).toBe(true);
  });

  it('is forgotten with the incident, or with the policy', () => {
    const attempts = new Attempts();
    attempts.never('I1', 443);
    attempts.never('I2', 443);
    attempts.forget('I1');
    expect([attempts.isDue('I1', 443, 0), attempts.isDue('I2', 443, 0)]).toEqual([true, false]);
    attempts.forgetAll();
    expect(attempts.isDue('I2', 443, 0)).toBe(true);
  });

  it('tells a veto once, and again when it is another or the incident is a new one', () => {
    const attempts = new Attempts();
    const news = (guardrail: string) => attempts.veto('I1', guardrail);
    expect(['rate', 'rate', 'gateways', 'rate'].map(news)).toEqual([true, false, true, true]);
    attempts.forget('I1');
    expect(news('rate')).toBe(true);
  });
});

describe('a no', () => {
  it.each(TARGETS)('for %s holds for as long as the block would have', (_, target) => {
    const attempts = new Attempts();
    attempts.decline(decisionOf(target), 10_000);
    expect(attempts.isDeclined(target, 10_999)).toBe(true);
    expect(attempts.isDeclined(target, 11_000)).toBe(false);
  });

  it('is about that target alone', () => {
    const attempts = new Attempts();
    for (const [, target] of TARGETS) {
      expect(attempts.isDeclined(target, 0)).toBe(false);
      attempts.decline(decisionOf(target), 0);
    }
    for (const other of [flowTarget('10.1.0.10', '192.0.2.1', 80), hostTarget('10.1.0.11')])
      expect(attempts.isDeclined(other, 0)).toBe(false);
  });

  it('outlives a change of policy', () => {
    const attempts = new Attempts();
    attempts.decline(decisionOf(TARGETS[0][1]), 0);
    attempts.forgetAll();
    expect(attempts.isDeclined(TARGETS[0][1], 0)).toBe(true);
  });

  it('is one of at most ten thousand; the oldest goes first, and a repeated one is new', () => {
    const attempts = new Attempts();
    const at = (i: number) => destinationTarget(`10.${i >> 16}.${(i >> 8) & 255}.${i & 255}/32`);
    for (let i = 0; i < 10_000; i += 1) attempts.decline(decisionOf(at(i)), 0);
    attempts.decline(decisionOf(at(0)), 0);
    attempts.decline(decisionOf(at(10_000)), 0);
    expect([0, 1, 2, 10_000].map((i) => attempts.isDeclined(at(i), 0))).toEqual([true, false, true, true]);
  });
});
