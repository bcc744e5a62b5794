import { describe, expect, it } from 'vitest';
import { parsePrefix } from '../../../src/address/prefix.ts';
import { type LoadResult, loadPolicySources } from '../../../src/policy/loader.ts';
import { ParsedFiles } from '../../../src/policy/parsed-files.ts';
import { ProblemList } from '../../../src/policy/problem.ts';
import { policyPart } from '../../../src/policy/schema/policy.ts';

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
    expect(loaded).toMatchObject({ policy: { rules: [{ id: 'one' }] }, places: { rules: [{ line: 6 }] } });
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

  it('is the same object while it says the same', () => {
    expect(ruleOf(load(rules([rule('one'), rule('three')])), 'one')).toBe(ruleOf(twoRules(), 'one'));
  });
  it('is the same object wherever it stands', () => {
    const one = ruleOf(twoRules(), 'one');
    const moved = load(rules([rule('two'), rule('one')]));
    expect(ruleOf(moved, 'one')).toBe(one);
    expect(moved).toMatchObject({ places: { rules: [{}, { line: 6, field: 'spec.rules[1]' }] } });
  });
  it('is another when it says something else', () => {
    const one = ruleOf(twoRules(), 'one');
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
  const read = (files: ParsedFiles, name: string, text: string, schema = policyPart) => {
    const found = files.read(name, text, schema, new ProblemList());
    if (found === undefined) throw new Error('it has problems');
    return found.source;
  };
  const good = rules([rule('one')]);

  it('are known by name and text, for the schema they were checked by', () => {
    const files = new ParsedFiles();
    const first = read(files, 'a', good);
    expect(read(files, 'a', good)).toBe(first);
    expect(read(files, 'b', good)).not.toBe(first);
    expect(read(files, 'a', good, policyPart.clone())).not.toBe(first);
    expect(read(files, 'a', good)).not.toBe(first);
  });
  it('are bounded: the one used the longest ago goes', () => {
    const files = new ParsedFiles();
    const text = `${good}# ${'x'.repeat(2 ** 20)}`;
    const [a, b, c, d] = ['a', 'b', 'c', 'd'].map((name) => read(files, name, text));
    expect(read(files, 'b', text)).toBe(b);
    expect([c, d]).toEqual([read(files, 'c', text), read(files, 'd', text)]);
    expect(read(files, 'a', text)).not.toBe(a);
  });
});
