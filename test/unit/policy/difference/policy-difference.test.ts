import { describe, expect, it } from 'vitest';
import { diffPolicies } from '../../../../src/policy/difference/policy-difference.ts';
import { loadGood } from '../sources.ts';

const BASE = `
  hostGroups:
    web: {cidrs: [10.1.0.0/24, "fd00:1::/64"]}
  addressSets:
    payments: {cidrs: [203.0.113.0/24]}
  services:
    https: [{protocol: tcp, ports: [443]}]
  rules:
    - {id: pay, from: [web], to: {sets: [payments]}, services: [https]}
    - {id: more, from: [web], to: {cidrs: [192.0.2.0/24]}, services: [https], expires: "2027-03-31T00:00:00Z"}
  denyLists:
    - {id: c2, cidrs: [198.51.100.66/32], reason: bad}
  neverBlock: {destinations: [10.0.0.53/32]}
  response:
    default: {action: alert}
    actions:
      - {detector: policyViolation, action: block, target: flow, ttl: 1h, approval: none}
    guardrails: {maxQuarantinedPercent: 7}
`;

const NOTHING = { from: null, to: null, added: [], removed: [] };

/** What is written instead, and all that differs then. */
const CASES: [string, string, string, object[]][] = [
  ['nothing, of comments and order', '  services:\n', '  # x\n  services:\n', []],
  [
    'the mode',
    'spec:\n  mode: respond',
    'spec:\n  mode: audit',
    [
      {
        part: 'mode',
        id: null,
        change: 'changed',
        fields: [{ field: 'mode', from: 'respond', to: 'audit' }],
      },
    ],
  ],
  [
    'a host group',
    '[10.1.0.0/24,',
    '[10.1.0.0/25, 10.2.0.0/24,',
    [
      {
        part: 'hostGroups',
        id: 'web',
        change: 'changed',
        fields: [{ field: 'cidrs', added: ['10.1.0.0/25', '10.2.0.0/24'], removed: ['10.1.0.0/24'] }],
      },
    ],
  ],
  [
    'an address set under another name',
    'payments',
    'paid',
    [
      { part: 'addressSets', id: 'payments', change: 'removed' },
      {
        part: 'addressSets',
        id: 'paid',
        change: 'added',
        fields: [{ field: 'cidrs', added: ['203.0.113.0/24'] }],
      },
      { part: 'rules', id: 'pay', change: 'changed' },
    ],
  ],
  [
    'a service, and the rules that it is in',
    'ports: [443]',
    'ports: [443, 8443]',
    [
      { part: 'services', id: 'https', fields: [{ field: 'keys', added: ['port 8443/tcp'], removed: [] }] },
      { part: 'rules', id: 'pay', fields: [{ field: 'keys', added: ['port 8443/tcp'] }] },
      { part: 'rules', id: 'more' },
    ],
  ],
  [
    'where a rule leads',
    'cidrs: [192.0.2.0/24]',
    'cidrs: [192.0.2.0/25]',
    [
      {
        part: 'rules',
        id: 'more',
        fields: [{ field: 'to.cidrs', added: ['192.0.2.0/25'], removed: ['192.0.2.0/24'] }],
      },
    ],
  ],
  [
    'when a rule ends',
    '2027-03-31',
    '2027-04-30',
    [
      {
        part: 'rules',
        id: 'more',
        fields: [
          { ...NOTHING, field: 'expires', from: '2027-03-31T00:00:00.000Z', to: '2027-04-30T00:00:00.000Z' },
        ],
      },
    ],
  ],
  [
    'a deny list',
    '198.51.100.66/32]',
    '198.51.100.66/32, 198.51.100.128/25]',
    [
      {
        part: 'denyLists',
        id: 'c2',
        fields: [{ field: 'prefixes', added: ['198.51.100.128/25'], removed: [] }],
      },
    ],
  ],
  [
    'never-block',
    '10.0.0.53/32]',
    '10.0.0.53/32], ports: [tcp/22]',
    [{ part: 'neverBlock', id: null, change: 'changed', fields: [{ field: 'ports' }] }],
  ],
  [
    'an action',
    'ttl: 1h',
    'ttl: 90s',
    [
      {
        part: 'response',
        fields: [{ ...NOTHING, field: 'byDetector.policyViolation.ttl', from: '3600s', to: '90s' }],
      },
    ],
  ],
  [
    'a guardrail',
    'maxQuarantinedPercent: 7',
    'maxQuarantinedPercent: 8',
    [{ part: 'guardrails', fields: [{ ...NOTHING, field: 'maxQuarantinedPercent', from: '7', to: '8' }] }],
  ],
];

function load(find = '(nothing)', replace = '') {
  const head = 'spec:\n  mode: respond\n';
  const text = `${head}${BASE}`.replaceAll(find, replace);
  const body = text.slice(text.indexOf('\n', 6) + 1);
  const mode = text.includes('mode: audit') ? 'audit' : 'respond';
  const policy = loadGood(body);
  return { ...policy, mode } as const;
}

describe('the difference between two policies tells', () => {
  it.each(CASES)('%s', (_, find, replace, expected) => {
    expect(`spec:\n  mode: respond\n${BASE}`).toContain(find);
    const { parts, more } = diffPolicies(load(), load(find, replace));
    expect(more).toBe(0);
    expect(parts).toMatchObject(expected);
    expect(parts).toHaveLength(expected.length);
  });

  it('the opposite the other way round', () => {
    for (const [, find, replace] of CASES) {
      const [there, back] = [
        diffPolicies(load(), load(find, replace)),
        diffPolicies(load(find, replace), load()),
      ];
      const turned = { added: 'removed', removed: 'added', changed: 'changed' } as const;
      const key = ({ part, id, change }: (typeof there.parts)[number], turn: boolean) =>
        `${part} ${id} ${turn ? turned[change] : change}`;
      expect(there.parts.map((each) => key(each, false)).toSorted()).toEqual(
        back.parts.map((each) => key(each, true)).toSorted(),
      );
    }
  });

  it('nothing between a policy and itself', () => {
    expect(diffPolicies(load(), load())).toEqual({ parts: [], more: 0 });
  });

  it('a bounded part of what is too much', () => {
    const cidrs = Array.from({ length: 3_000 }, (_, i) => `172.16.${i >> 8}.${i & 255}/32`);
    const rules = cidrs.map(
      (cidr, i) => `    - {id: r${i}, from: [web], to: {cidrs: [${cidr}]}, services: [https]}`,
    );
    const lists = `    - {id: many, cidrs: [${cidrs.join(', ')}], reason: many}`;
    const large = BASE.replace('  denyLists:\n', `${rules.join('\n')}\n  denyLists:\n${lists}\n`);
    const { parts, more } = diffPolicies(load(), loadGood(large));
    expect([parts.length, more]).toEqual([1_000, 2_001]);
    const listed = diffPolicies(
      loadGood(BASE),
      loadGood(BASE.replace('  denyLists:\n', `  denyLists:\n${lists}\n`)),
    );
    const [prefixes] = listed.parts[0].fields.filter(({ field }) => field === 'prefixes');
    expect(prefixes.added).toHaveLength(21);
    expect(prefixes.added.at(-1)).toBe('and 2980 more');
  });
});
