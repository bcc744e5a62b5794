import { describe, expect, it } from 'vitest';
import { type LoadResult, loadPolicySources } from '../../../src/policy/loader.ts';

const HOSTS = Array.from({ length: 260 }, (_, i) => `10.${i >> 8}.${i & 255}.1`).join(', ');
const networks = (rule: number) =>
  Array.from({ length: 100 }, (_, i) => `198.18.${rule}.${i * 2}`).join(', ');

/** Each rule comes to 26,000 elements. */
function load(rules: readonly number[]): LoadResult {
  const lines = rules.map(
    (rule) => `    - {id: r${rule}, from: [lan], to: {cidrs: [${networks(rule)}]}, services: [web]}\n`,
  );
  const text = `apiVersion: penstock/v1
kind: EgressPolicy
metadata: {name: t, owner: o}
spec:
  mode: enforce
  hostGroups: {lan: {cidrs: [${HOSTS}]}}
  services: {web: [{protocol: tcp, ports: [443]}]}
  rules:
${lines.join('')}`;
  return loadPolicySources({ entry: 'p.yaml', files: [{ name: 'p.yaml', text }] });
}

describe('a policy that comes to more than the kernel is given', () => {
  it('is refused, however it grew and shrank, by name of a rule that has most of it', () => {
    const found = [[1], [1, 2], [1, 2, 3], [1, 2], [1, 2, 4], [2, 4]].map(load);
    expect(found.map(({ ok }) => ok)).toEqual([true, true, false, true, false, true]);
    const refused = found[2].ok ? [] : found[2].problems;
    expect(refused).toMatchObject([{ line: 9, field: 'spec.rules[0]' }]);
    expect(refused[0].message).toContain(
      "more than 65536 elements into the kernel; rule 'r1' has most of them",
    );
  });
});
