import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { policyJsonSchema } from '../../../src/policy/json-schema.ts';
import { loadPolicyFile } from '../../../src/policy/loader.ts';
import { runPolicyTests } from '../../../src/policy/policy-tests.ts';
import { formatProblem } from '../../../src/policy/problem.ts';
import { loadGood, NOW } from './sources.ts';

const FOLDER = path.join(import.meta.dirname, '../../../policies');

function load(name: string) {
  const result = loadPolicyFile(path.join(FOLDER, name), { nowMs: NOW });
  if (!result.ok) throw new Error(result.problems.map(formatProblem).join('\n'));
  return result;
}

describe('the example policies', () => {
  test.each([
    [
      'office.yaml',
      ['rule staff-web allows 0.0.0.0/0', 'rule guest-web allows 0.0.0.0/0', 'rule ping allows 0.0.0.0/0'],
    ],
    ['server.yaml', []],
    ['build-farm.yaml', ["no rule uses service 'git'"].slice(1)],
    ['observe.yaml', ['rule everything allows 0.0.0.0/0', 'rule everything allows any protocol']],
  ])('%s loads, passes its tests and has no warnings but those known', (name, known) => {
    const { policy, warnings } = load(name);
    expect(warnings.map(({ message }) => message.split(',')[0])).toEqual(known);
    const results = runPolicyTests(policy, NOW);
    expect(results.length).toBeGreaterThan(1);
    expect(results.filter(({ passed }) => !passed)).toEqual([]);
  });

  test.each(['office.yaml', 'server.yaml', 'build-farm.yaml', 'observe.yaml', 'common/services.yaml'])(
    '%s names the schema for editors',
    (name) => {
      const [first] = readFileSync(path.join(FOLDER, name), 'utf8').split('\n');
      const relative = first.replace('# yaml-language-server: $schema=', '');
      expect(path.join(path.dirname(name), relative)).toBe('egress-policy.schema.json');
    },
  );

  test('the committed JSON Schema is current (node src/policy/json-schema.ts policies/egress-policy.schema.json)', () => {
    const committed = readFileSync(path.join(FOLDER, 'egress-policy.schema.json'), 'utf8');
    expect(JSON.parse(committed)).toEqual(JSON.parse(policyJsonSchema()));
  });

  test('the build farm brings its include and its feed along', () => {
    const { policy } = load('build-farm.yaml');
    expect(policy.sources.files.map(({ name }) => name)).toEqual([
      'build-farm.yaml',
      'common/services.yaml',
      'feeds/drop.txt',
    ]);
    expect(policy.denyLists[0]).toMatchObject({
      feed: { file: 'feeds/drop.txt', refreshMs: 3_600_000, maxAgeMs: 259_200_000 },
    });
    expect(policy.denyLists[0].prefixes).toHaveLength(3);
  });

  test('answers are filled in', () => {
    const { response, guardrails } = load('build-farm.yaml').policy;
    expect(response.default).toEqual({ action: 'alert' });
    expect(response.byDetector.policyViolation).toMatchObject({
      action: 'quarantine',
      target: 'host',
      ttlMs: 7_200_000,
      approval: { kind: 'provisional', holdForMs: 900_000 },
    });
    expect(guardrails).toMatchObject({
      maxBlocksPerMinute: 20,
      maxQuarantinedPercent: 10,
      maxPrefixLength: { ipv4: 24, ipv6: 64 },
    });
  });
});

test('what a policy leaves out', () => {
  const policy = loadGood(
    '  response: {actions: [{detector: limit, action: block, target: flow}, {detector: denyList, action: block, target: flow, approval: required}]}\n',
  );
  expect(policy.response).toEqual({
    default: { action: 'alert' },
    byDetector: {
      limit: {
        action: 'block',
        target: 'flow',
        ttlMs: 3_600_000,
        approval: { kind: 'provisional', holdForMs: 600_000 },
        canary: null,
      },
      denyList: {
        action: 'block',
        target: 'flow',
        ttlMs: 3_600_000,
        approval: { kind: 'required', timeoutMs: 1_800_000 },
        canary: null,
      },
    },
  });
  expect(policy.rules).toEqual([]);
});

test('tests in a policy that fail say why', () => {
  const policy = loadGood(`  hostGroups: {a: {cidrs: [10.0.0.0/8]}}
  services: {s: [{protocol: tcp, ports: [443]}]}
  rules: [{id: r, from: [a], to: {cidrs: [192.0.2.1]}, services: [s]}]
  tests:
    - {name: good, from: 10.0.0.1, accept: ["192.0.2.1:443/tcp"], deny: ["192.0.2.2:443/tcp"]}
    - {name: bad, from: 10.0.0.1, accept: ["192.0.2.1:80/tcp"], deny: ["192.0.2.1:443/tcp"]}
    - {name: not ours, from: 192.0.2.9, deny: ["192.0.2.1:443/tcp"]}
    - {name: link, from: 10.0.0.1, deny: ["224.0.0.251:5353/udp"]}
`);
  const results = runPolicyTests(policy, NOW);
  expect(results.map(({ name, passed }) => [name, passed])).toEqual([
    ['good', true],
    ['bad', false],
    ['not ours', false],
    ['link', false],
  ]);
  expect(results[1].place.line).toBe(11);
  expect(results.flatMap(({ failures }) => failures)).toEqual([
    '192.0.2.1:80/tcp: expected allow, got deny: no rule allows 192.0.2.1 on port 80/tcp; rule r allows 192.0.2.1/32 but only port 443/tcp',
    '192.0.2.1:443/tcp: expected deny, got allow: rule r allows 192.0.2.1/32 on port 443/tcp',
    '192.0.2.9 is in no host group: it is not judged at all',
    '224.0.0.251:5353/udp: expected deny, got exempt: the destination is of link scope: it cannot leave the link',
  ]);
});
