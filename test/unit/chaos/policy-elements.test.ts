import { describe, expect, it } from 'vitest';
import type { KernelElement } from '../../chaos/kernel-view.ts';
import { policyDisagreements } from '../../chaos/policy-elements.ts';
import type { PolicyChoice } from '../../chaos/step.ts';

const CHOICE: PolicyChoice = {
  mode: 'enforce',
  approval: 'none',
  protectedPrefixes: ['198.51.100.64/26', '198.51.100.60/32'],
  denied: ['198.51.100.60', '198.51.100.61'],
};
const HOSTS = { prefix: { addr: '10.1.0.0', len: 24 } };
const HOSTS6 = { prefix: { addr: 'fd00:1::', len: 64 } };
const ALL = [{ range: [0, 255] }, { range: [0, 65_535] }];
const GOOD: readonly KernelElement[] = [
  { set: 'inside4', value: HOSTS },
  { set: 'inside6', value: HOSTS6 },
  { set: 'allow4', value: { concat: ['203.0.113.10', HOSTS, ...ALL] } },
  { set: 'allow6', value: { concat: ['2001:db8:66::10', HOSTS6, ...ALL] } },
  { set: 'sparedto4', value: '198.51.100.60' },
  { set: 'sparedto4', value: { prefix: { addr: '198.51.100.64', len: 26 } } },
  { set: 'denied4', value: { prefix: { addr: '198.51.100.60', len: 31 } } },
  { set: 'strict', value: 'ipv4' },
  { set: 'strict', value: 'ipv6' },
  { set: 'pass', value: 268_435_456 },
];
const without = (set: string) => GOOD.filter((each) => each.set !== set);

describe('what a policy asks of the kernel', () => {
  it('is found when it is there', () => expect(policyDisagreements(GOOD, CHOICE)).toEqual([]));
  it.each(['inside6', 'allow4', 'sparedto4', 'strict', 'pass'])('is missed without @%s', (set) => {
    expect(policyDisagreements(without(set), CHOICE)).not.toEqual([]);
  });
  it.each<KernelElement>([
    { set: 'allow4', value: { concat: ['203.0.113.11', HOSTS, ...ALL] } },
    { set: 'inside4', value: '192.0.2.1' },
    { set: 'sparedto4', value: '192.0.2.1' },
    { set: 'denied4', value: '198.51.100.62' },
    { set: 'deniedsingle4', value: '198.51.100.62' },
    { set: 'deniedsingle6', value: '2001:db8::1' },
    { set: 'pass', value: 0 },
  ])('is not more than it asks for: %j', (element) => {
    expect(policyDisagreements([...GOOD, element], CHOICE)).toHaveLength(1);
  });
  it('is no allowlist in a mode that only responds', () => {
    const passing = Array.from({ length: 16 }, (_, i) => ({ set: 'pass', value: i * 268_435_456 }));
    const kept = GOOD.filter(({ set }) => !/allow|strict|pass/.test(set));
    expect(policyDisagreements([...kept, ...passing], { ...CHOICE, mode: 'respond' })).toEqual([]);
    expect(policyDisagreements(GOOD, { ...CHOICE, mode: 'respond' })).not.toEqual([]);
  });
});
