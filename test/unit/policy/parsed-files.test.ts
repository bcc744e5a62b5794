import { describe, expect, it } from 'vitest';
import { parsePrefix } from '../../../src/address/prefix.ts';
import { type LoadResult, loadPolicySources } from '../../../src/policy/loader.ts';
import { ParsedFiles } from '../../../src/policy/parsed-files.ts';
import { policyPart } from '../../../src/policy/schema/policy.ts';
import type { YamlSource } from '../../../src/policy/yaml-source.ts';

const NOW = Date.parse('2026-11-30T00:00:00Z');
const ENTRY = `apiVersion: penstock/v1
kind: EgressPolicy
metadata: {name: kept, owner: test}
include: [rules.yaml]
spec:
  mode: audit
  hostGroups: {lan: {cidrs: [10.0.0.0/8]}}
  services: {web: [{protocol: tcp, ports: [443]}]}
`;
const rules = (lines: readonly string[]) =>
  `apiVersion: penstock/v1\nkind: EgressPolicyPart\nspec:\n  rules:\n${lines.join('\n')}\n`;
const rule = (id: string, group = 'lan') =>
  `    - {id: ${id}, from: [${group}], to: {cidrs: [203.0.113.9/32]}, services: [web], owner: test}`;

function load(part: string, entry = ENTRY): LoadResult {
  const files = [
    { name: 'policy.yaml', text: entry },
    { name: 'rules.yaml', text: part },
  ];
  return loadPolicySources({ entry: 'policy.yaml', files }, { nowMs: NOW });
}

describe('a policy that is loaded again', () => {
  const good = rules([rule('one'), rule('two')]);
  it('is the same, with the same places and warnings', () => {
    expect(load(good)).toEqual(load(good));
  });
  it('is another when one of its files is', () => {
    load(good);
    const loaded = load(rules(['', rule('one')]));
    expect(loaded.ok && loaded.policy.rules).toMatchObject([{ id: 'one', place: { line: 6 } }]);
  });
  it.each([
    ['does not parse', rules(['    - {id: one'])],
    ['does not fit the schema', rules([rule('one').replace('owner', 'owned')])],
    ['names what is not there', rules([rule('one', 'wan')])],
  ])('is refused each time when it %s, and the next good one is not', (_, bad) => {
    const [first, again] = [load(bad), load(bad)];
    expect(first.ok).toBe(false);
    expect(again).toEqual(first);
    expect(load(good).ok).toBe(true);
  });
});

describe('a rule of a policy that is loaded again', () => {
  const ruleOf = (result: LoadResult, id: string) => {
    if (!result.ok) throw new Error(JSON.stringify(result.problems));
    return result.policy.rules.find((each) => each.id === id);
  };
  const twoRules = () => load(rules([rule('one'), rule('two')]));

  it('is the same object while it says the same at the same place', () => {
    expect(ruleOf(load(rules([rule('one'), rule('three')])), 'one')).toBe(ruleOf(twoRules(), 'one'));
  });
  it('is another when it says something else, or stands elsewhere', () => {
    const one = ruleOf(twoRules(), 'one');
    const moved = ruleOf(load(rules([rule('two'), rule('one')])), 'one');
    expect(moved).not.toBe(one);
    expect(moved).toMatchObject({ place: { line: 6, field: 'spec.rules[1]' } });
    expect(moved?.to).toBe(one?.to);
    const other = ruleOf(load(rules([rule('one').replace('.9/32', '.8/32'), rule('two')])), 'one');
    expect(other).not.toBe(one);
    expect(other?.to.cidrs).toEqual([parsePrefix('203.0.113.8/32')]);
  });
  it('is another when a service that it names is, and the same when another one is', () => {
    const entry = (port: number, more: string) =>
      ENTRY.replace('443]}]}', `${port}]}], dns: [{protocol: udp, ports: [${more}]}]}`);
    const good = rules([rule('one')]);
    const one = ruleOf(load(good, entry(443, '53')), 'one');
    expect(ruleOf(load(good, entry(443, '5353')), 'one')).toBe(one);
    const other = ruleOf(load(good, entry(8443, '5353')), 'one');
    expect(other).toMatchObject({ keys: [{ first: (6 << 16) | 8443, last: (6 << 16) | 8443 }] });
  });
});

describe('files that are kept', () => {
  const checked = { source: {} as YamlSource, value: {} as never };
  it('are known by name and text, for the schema they were checked by', () => {
    const files = new ParsedFiles();
    files.keep('a', 'text', policyPart, checked);
    expect(files.get('a', 'text', policyPart)).toBeDefined();
    expect(files.get('a', 'other', policyPart)).toBeUndefined();
    expect(files.get('b', 'text', policyPart)).toBeUndefined();
    expect(files.get('a', 'text', policyPart.clone())).toBeUndefined();
  });
  it('are bounded: the one used the longest ago goes', () => {
    const files = new ParsedFiles();
    const text = 'x'.repeat(2 ** 20);
    for (const name of ['a', 'b', 'c', 'd']) files.keep(name, text, policyPart, checked);
    files.get('a', text, policyPart);
    files.keep('e', text, policyPart, checked);
    expect(['a', 'b', 'c', 'd', 'e'].map((name) => files.get(name, text, policyPart) !== undefined)).toEqual([
      true,
      false,
      true,
      true,
      true,
    ]);
  });
});
