import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Address, formatAddress, parseAddress, toBytes } from '../../../src/address/address.ts';
import { firstOf, lastOf } from '../../../src/address/ranges.ts';
import { compilePolicy } from '../../../src/policy/compiled-policy.ts';
import { loadPolicySources } from '../../../src/policy/loader.ts';
import { probeFlow } from '../../../src/policy/policy-tests.ts';
import { parseProbe } from '../../../src/policy/schema/probe.ts';
import { loadGood, policyText } from './sources.ts';

const AT = Date.parse('2026-10-05T12:00:00Z');

const SPEC = `
  hostGroups:
    web: {cidrs: [10.1.0.0/24, "fd00:1::/64"], except: [10.1.0.250/32]}
    build: {cidrs: [10.1.0.0/25, 10.2.0.0/24]}
  addressSets:
    mirrors: {fqdns: [mirror.example.org], except: [192.0.2.66/32]}
    cdn: {cidrs: [198.51.100.0/24], fqdns: ["*.cdn.example"]}
  services:
    https: [{protocol: tcp, ports: [443]}]
    any: [{protocol: tcp, ports: [1-65535]}, {protocol: udp, ports: [443]}]
  schedules:
    noon: {timezone: Etc/UTC, start: "11:00", end: "13:00"}
  names: {resolvers: [10.0.0.53/32], ttlFloor: 2m, whenDown: hold}
  rules:
    - {id: late, from: [web], to: {sets: [mirrors]}, services: [https], schedule: noon}
    - {id: web-cdn, from: [web], to: {sets: [cdn]}, services: [https]}
    - {id: build-mirrors, from: [build], to: {sets: [mirrors]}, services: [any]}
`;

function compiledWith(sets: Record<string, number[]>) {
  const policy = loadGood(SPEC.slice(1));
  return compilePolicy(policy, { setsOf: (address: Address) => sets[formatAddress(address)] ?? [] });
}

/** Rule that allows a flow, or the verdict's kind. */
function verdict(compiled: ReturnType<typeof compiledWith>, from: string, probe: string, atMs = AT): string {
  const found = compiled.evaluate(probeFlow(parseAddress(from), parseProbe(probe)), atMs);
  return found.kind === 'allow' ? found.rule : found.kind;
}

describe('settings', () => {
  it('are read', () => {
    const { names } = loadGood(SPEC.slice(1));
    expect(names).toMatchObject({ ttlFloorMs: 120_000, whenDown: 'hold' });
    expect(names?.resolvers.map(({ address }) => formatAddress(address))).toEqual(['10.0.0.53']);
  });

  it.each([
    ['{resolvers: []}', 'spec.names.resolvers', 'at least one resolver'],
    ['{resolvers: [10.0.0.53], ttlFloor: 25h}', 'spec.names.ttlFloor', 'at most 24h'],
    ['{resolvers: [10.0.0.53], whenDown: drop}', 'spec.names.whenDown', 'pass'],
    ['{resolvers: [dns.example]}', 'spec.names.resolvers', '192.0.2.1'],
    ['{resolver: [10.0.0.53]}', 'spec.names', ''],
  ])('%s is refused where it stands', (names, field, expected) => {
    const text = policyText(`  names: ${names}\n`);
    const result = loadPolicySources({ entry: 'p.yaml', files: [{ name: 'p.yaml', text }] });
    expect(result.ok).toBe(false);
    const [problem] = result.ok ? [] : result.problems;
    expect(problem.field.startsWith(field)).toBe(true);
    expect(problem.line).toBe(text.split('\n').findIndex((line) => line.startsWith('  names')) + 1);
    expect(problem.column).toBeGreaterThan(2);
    expect(problem.expected).toContain(expected);
  });

  it('that serve no name are remarked upon', () => {
    const text = policyText('  names: {resolvers: [10.0.0.53]}\n');
    const result = loadPolicySources({ entry: 'p.yaml', files: [{ name: 'p.yaml', text }] });
    const warnings = result.ok ? result.warnings.map(({ message }) => message) : [];
    expect(warnings).toContain('names is set and no address set has fqdns');
  });
});

describe('a destination by name', () => {
  const compiled = compiledWith({
    '192.0.2.1': [0],
    '192.0.2.66': [0],
    '192.0.2.2': [0, 1],
    '2001:db8::1': [0],
  });

  it.each([
    ['by the first rule that allows it', '10.1.0.10', '192.0.2.1:443/tcp', 'late'],
    ['by another when that has no such service', '10.1.0.10', '192.0.2.1:80/tcp', 'build-mirrors'],
    ['of IPv6', 'fd00:1::10', '[2001:db8::1]:443/tcp', 'late'],
    ['by a rule of either set', '10.1.0.200', '192.0.2.2:443/tcp', 'late'],
  ])('is allowed %s', (_, from, probe, rule) => {
    expect(verdict(compiled, from, probe)).toBe(rule);
  });

  it.each([
    ['that no name stands for', '10.1.0.10', '192.0.2.9:443/tcp'],
    ['that its set excepts', '10.1.0.10', '192.0.2.66:443/tcp'],
    ['for a host of no rule', '10.1.0.200', '192.0.2.1:80/tcp'],
    ['for another service', '10.2.0.10', '192.0.2.1:53/udp'],
  ])('is not allowed %s', (_, from, probe) => {
    expect(verdict(compiled, from, probe)).toBe('deny');
  });

  it('follows the schedule of the rule', () => {
    const evening = Date.parse('2026-10-05T20:00:00Z');
    expect(verdict(compiled, '10.1.0.10', '192.0.2.2:443/tcp', evening)).toBe('web-cdn');
    expect(verdict(compiled, '10.1.0.200', '192.0.2.1:443/tcp', evening)).toBe('deny');
    expect(compiled.turns(evening)).not.toBe(compiled.turns(AT));
    expect(compiled.turns(AT)).toBe(compiled.turns(AT + 1));
  });

  it('is explained by the rules of its sets', () => {
    const flow = probeFlow(parseAddress('10.1.0.200'), parseProbe('192.0.2.1:80/tcp'));
    expect(compiled.explain(flow, AT).join()).toContain('rule late allows it but only port 443/tcp');
  });
});

it('boxes hold exactly the hosts and keys that the matcher allows', () => {
  const compiled = compiledWith({ '192.0.2.1': [0], '192.0.2.2': [0, 1] });
  const hosts = [
    '10.1.0.1',
    '10.1.0.127',
    '10.1.0.128',
    '10.1.0.249',
    '10.1.0.250',
    '10.1.0.251',
    '10.2.0.0',
    '10.3.0.0',
  ];
  const probes = ['443/tcp', '80/tcp', '443/udp', '53/udp'];
  for (const end of ['192.0.2.1', '192.0.2.2', '192.0.2.3']) {
    const boxes = compiled.namedBoxes(parseAddress(end), AT);
    for (const host of hosts) {
      const bytes = Uint8Array.from(toBytes(parseAddress(host)));
      const keys = boxes.filter(({ hosts }) =>
        Array.from({ length: hosts.count }, (_, i) => i).some(
          (i) =>
            Buffer.compare(firstOf(hosts, i), bytes) <= 0 && Buffer.compare(bytes, lastOf(hosts, i)) <= 0,
        ),
      );
      // One box a host: the kernel takes no element that overlaps another.
      expect(keys.length).toBeLessThanOrEqual(1);
      for (const probe of probes) {
        const [port, protocol] = probe.split('/');
        const key = ((protocol === 'tcp' ? 6 : 17) << 16) | Number(port);
        const inBox = keys.some((box) => box.keys.some(({ first, last }) => first <= key && key <= last));
        const allowed =
          verdict(compiled, host, `${end}:${probe}`) !== 'deny' && compiled.isOurs(parseAddress(host));
        expect([end, host, probe, inBox]).toEqual([end, host, probe, allowed]);
      }
    }
  }
});

it('the shipped list of DoH and DoT resolvers is a deny list of both families', () => {
  const text = readFileSync(path.join(import.meta.dirname, '../../../policies/feeds/doh.txt'), 'utf8');
  const policy = loadGood('  denyLists: [{id: doh, file: doh.txt, format: text}]\n', { 'doh.txt': text });
  expect(policy.denyLists[0].prefixes.length).toBe(
    text.split('\n').filter((line) => /^[0-9a-f]/.test(line)).length,
  );
  const compiled = compilePolicy(
    loadGood(`${SPEC.slice(1)}  denyLists: [{id: doh, file: doh.txt, format: text}]\n`, { 'doh.txt': text }),
  );
  expect(verdict(compiled, '10.1.0.10', '8.8.8.8:443/tcp')).toBe('deny');
  expect(
    compiled.explain(probeFlow(parseAddress('fd00:1::1'), parseProbe('[2620:fe::fe]:853/tcp')), AT)[0],
  ).toContain('doh');
});
