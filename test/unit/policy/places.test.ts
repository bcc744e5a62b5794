/** Where things stand, of policies that are edited line by line: a line more moves what is below it, and changes nothing of it. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type LoadResult, loadPolicySources } from '../../../src/policy/loader.ts';
import type { Policy } from '../../../src/policy/policy.ts';

const NOW = Date.parse('2026-11-30T00:00:00Z');
const HEAD =
  'apiVersion: penstock/v1\nkind: EgressPolicy\nmetadata: {name: t}\ninclude: [part.yaml]\nspec:\n  mode: audit\n';
const PART = 'apiVersion: penstock/v1\nkind: EgressPolicyPart\nspec:\n';
/** Advice is given of each of them: no owner, a network inside another, nobody uses it. */
const rule = (id: string, to = '203.0.113.0/24, 203.0.113.9/32') =>
  `    - {id: ${id}, from: [lan], to: {cidrs: [${to}]}, services: [web]}\n`;
const ABOVE = `  hostGroups:
    lan: {cidrs: [10.1.0.0/24, 10.1.0.7/32]}
    spare: {cidrs: [10.1.0.0/16], except: [10.2.0.0/24]}
  services: {web: [{protocol: tcp, ports: [443]}], idle: [{protocol: udp, ports: [53]}]}
`;
const BELOW = `  schedules:
    nightly: {timezone: Europe/Berlin, days: [mon], start: "01:00", end: "04:00"}
  addressSets: {m: {cidrs: [192.0.2.0/24, 192.0.2.1/32]}}
  denyLists:
    - {id: listed, cidrs: [198.51.100.0/24, 198.51.100.1/32]}
  neverBlock: {destinations: [198.51.100.7/32]}
`;

interface Texts {
  readonly rules: readonly string[];
  readonly part: readonly string[];
  readonly above: string;
  readonly between: string;
}

/** `name`: of the part; another one has never been read. */
function load({ rules, part, above, between }: Texts, name = 'part.yaml'): LoadResult {
  const list = (items: readonly string[]) => (items.length > 0 ? `  rules:\n${items.join('')}` : '');
  const entry = HEAD.replace('part.yaml', name) + above + ABOVE + list(rules) + between + BELOW;
  const files = [
    { name: `${name}-policy.yaml`, text: entry },
    { name, text: PART + list(part) },
  ];
  return loadPolicySources({ entry: files[0].name, files }, { nowMs: NOW });
}

function loaded(texts: Texts): Extract<LoadResult, { ok: true }> {
  const result = load(texts);
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return result;
}

const comments = fc.constantFrom('', '', '# one\n', '\n\n', '  # two\n  # lines\n');
const texts = fc.record<Texts>({
  rules: fc.subarray(['a', 'b', 'c', 'd', 'e']).map((ids) => ids.map((id) => rule(id))),
  part: fc
    .uniqueArray(
      fc.constantFrom(rule('f'), rule('g'), rule('h', '0.0.0.0/1'), rule('a'), '    # about the next\n'),
    )
    .map((lines) => [rule('first'), ...lines]),
  above: comments,
  between: comments,
});

it('places, advice and problems are those of files that are read for the first time, whatever lines came and went', () => {
  let reads = 0;
  fc.assert(
    fc.property(fc.array(texts, { minLength: 2, maxLength: 6 }), (policies) => {
      for (const each of policies) {
        reads += 1;
        const name = `part-${reads}.yaml`;
        const first = JSON.stringify(load(each, name)).replaceAll(name, 'part.yaml');
        expect(withoutDigest(JSON.parse(JSON.stringify(load(each))))).toEqual(
          withoutDigest(JSON.parse(first)),
        );
      }
    }),
    { numRuns: 40 },
  );
});

/** It is made of the text, in which the part has another name. */
function withoutDigest(result: LoadResult): unknown {
  return result.ok ? { ...result, policy: { ...result.policy, digest: '' } } : result;
}

const LISTS = ['hostGroups', 'addressSets', 'services', 'schedules', 'rules', 'denyLists'] as const;
const BEFORE: Texts = { rules: ['a', 'b'].map((id) => rule(id)), part: [rule('f')], above: '', between: '' };

it.each<[string, Partial<Texts>, Partial<Record<(typeof LISTS)[number], string>>]>([
  ['a comment at the top', { above: '# of ours\n' }, {}],
  ['a rule inserted first', { rules: [rule('c'), ...BEFORE.rules] }, { rules: 'c' }],
  ['a rule taken out', { rules: [rule('b')] }, {}],
  ['a rule inserted first in a part', { part: [rule('c'), rule('f')] }, { rules: 'c' }],
  ['a rule that says something else', { rules: [rule('a', '192.0.2.9'), rule('b')] }, { rules: 'a' }],
])('after %s everything else is the same object as before', (_, change, changed) => {
  const before = loaded(BEFORE).policy;
  const { policy, places } = loaded({ ...BEFORE, ...change });
  for (const list of LISTS) {
    expect(places[list]).toHaveLength(policy[list].length);
    expect(fresh(policy, before, list)).toEqual(changed[list] === undefined ? [] : [changed[list]]);
  }
});

function fresh(policy: Policy, before: Policy, list: (typeof LISTS)[number]): string[] {
  const known = new Set<object>(before[list]);
  return policy[list].filter((each) => !known.has(each)).map((each) => ('id' in each ? each.id : each.name));
}
