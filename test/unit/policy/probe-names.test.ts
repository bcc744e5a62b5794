/** Names in the tests that a policy carries. */
import { describe, expect, it } from 'vitest';
import { runPolicyTests } from '../../../src/policy/policy-tests.ts';
import { parseNamedProbe } from '../../../src/policy/schema/probe.ts';
import { loadGood, loadText, policyText } from './sources.ts';

const SPEC = `
  hostGroups:
    lan: {cidrs: [10.1.0.0/24, "fd00:1::/64"]}
    open: {cidrs: [10.9.0.0/24]}
  addressSets:
    mirrors: {fqdns: [mirror.example.org, "*.cdn.example", "**.pkg.example"]}
  services:
    https: [{protocol: tcp, ports: [443]}]
  names: {resolvers: [10.0.0.53]}
  rules:
    - {id: mirrors, from: [lan], to: {sets: [mirrors]}, services: [https]}
    - {id: ping, from: [lan], to: {sets: [mirrors]}, icmp: [{family: ipv4, types: [echo-request]}]}
    - {id: any, from: [open], to: {cidrs: [0.0.0.0/0]}, services: [https]}
  denyLists:
    - {id: bogons, cidrs: [11.0.0.0/8, "2000::/6"], reason: nobody is there}
  tests:
    - {name: t, from: FROM, accept: [ACCEPT], deny: [DENY]}
`.slice(1);

function failures(from: string, accept: string[], deny: string[]): readonly string[] {
  const list = (probes: string[]) => probes.map((probe) => `"${probe}"`).join(', ');
  const text = SPEC.replace('FROM', `"${from}"`).replace('ACCEPT', list(accept)).replace('DENY', list(deny));
  return runPolicyTests(loadGood(text), 0)[0].failures;
}

describe.each(['10.1.0.10', 'fd00:1::10'])('a probe by name from %s', (from) => {
  it('is allowed by a rule by that name, and by no other', () => {
    const allowed = ['mirror.example.org:443/tcp', 'a.cdn.example:443/tcp', 'x.y.pkg.example:443/tcp'];
    const denied = ['mirror.example.org:80/tcp', 'x.y.cdn.example:443/tcp', 'other.example.org:443/tcp'];
    expect(failures(from, allowed, denied)).toEqual([]);
  });

  it('that goes wrong is told with the rule, or the lack of one, and without the address that stands in', () => {
    const told = failures(from, ['other.example.org:443/tcp'], ['a.cdn.example:443/tcp']);
    expect(told[0]).toMatch(/^other\.example\.org:443\/tcp: expected allow, got deny: .*other\.example\.org/);
    expect(told[1]).toMatch(/^a\.cdn\.example:443\/tcp: expected deny, got allow: .*mirrors/);
    expect(told.join()).not.toMatch(/\b\d+\.\d+\.\d+\.201\b|5eed/);
  });
});

it('is allowed by a rule to any address as well', () => {
  expect(failures('10.9.0.1', ['whatever.example:443/tcp'], ['whatever.example:80/tcp'])).toEqual([]);
});

it('by ICMP is of the family of that', () => {
  const ping = 'mirror.example.org/icmp/echo-request';
  expect(failures('10.1.0.10', [ping], ['other.example.org/icmp/echo-request'])).toEqual([]);
  expect(failures('fd00:1::10', [ping], [])).toEqual([expect.stringMatching(/other family/)]);
});

it.each([
  ['mirror.example.org:443/tcp', { name: 'mirror.example.org', protocol: 6, port: 443 }],
  ['mirror.example.org/gre', { name: 'mirror.example.org', protocol: 47, port: 0 }],
  ['mirror.example.org/icmpv6/echo-request', { protocol: 58, icmpType: 128 }],
])('%s is one', (text, fields) => {
  expect(parseNamedProbe(text)).toMatchObject(fields);
});

it.each([
  '*.cdn.example:443/tcp',
  'Mirror.example.org:443/tcp',
  'localhost:443/tcp',
  'mirror.example.org/tcp',
  'mirror.example.org:443/gre',
  'mirror.example.org:0/tcp',
  'mirror.example.org:443/nonsense',
  'mirror..example.org:443/tcp',
  '-a.example.org:443/tcp',
])('%s is none', (probe) => {
  const spec = SPEC.replace('FROM', '10.1.0.10').replace('ACCEPT', `"${probe}"`).replace('DENY', '');
  const result = loadText({ 'p.yaml': policyText(spec) });
  expect(result.ok).toBe(false);
});
