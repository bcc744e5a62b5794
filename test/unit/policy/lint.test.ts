import { describe, expect, test } from 'vitest';
import { formatProblem } from '../../../src/policy/problem.ts';
import { loadText, NOW, policyText } from './sources.ts';

const BASE = `  hostGroups: {a: {cidrs: [10.1.0.0/16]}, b: {cidrs: [10.2.0.0/16]}}
  addressSets: {s: {cidrs: [203.0.113.0/24, "2001:db8::/32"], except: [203.0.113.128/25]}}
  services: {https: [{protocol: tcp, ports: [443]}], web: [{protocol: tcp, ports: [80, 443]}]}
  schedules: {day: {timezone: UTC, start: "08:00", end: "18:00"}}
`;
/** Uses every name, so that only the warnings under test are left. */
const USED = `    - {id: u1, from: [a, b], to: {sets: [s]}, services: [web], icmp: [{family: ipv4, types: [echo-request]}]}
    - {id: u2, from: [a], to: {cidrs: [192.0.2.200/32]}, services: [https], schedule: day}
`;

function warnings(spec: string, owner = ', owner: o', nowMs = NOW): string[] {
  const text = policyText(spec).replace(', owner: o', owner);
  const result = loadText({ 'p.yaml': text }, nowMs);
  return (result.ok ? result.warnings : result.problems).map(formatProblem);
}
const rules = (...lines: string[]) =>
  `${BASE}  rules:\n${USED}${lines.map((line) => `    - {${line}}\n`).join('')}`;
const RULE = 'from: [a], to: {cidrs: [192.0.2.0/25]}, services: [https]';

test('nothing to say about a plain policy', () => {
  expect(warnings(rules(`id: r, ${RULE}`))).toEqual([]);
});

describe('rules by themselves', () => {
  test.each([
    ['expired', `id: r, ${RULE}, expires: "2026-10-05T12:00:00Z"`, 'rule r expired 2026-10-05T12:00:00Z'],
    ['expires soon', `id: r, ${RULE}, expires: "2026-11-04T11:00:00Z"`, 'rule r expires in 29 days'],
    [
      'a wide network',
      'id: r, from: [a], to: {cidrs: [11.0.0.0/8]}, services: [https]',
      'allows 11.0.0.0/8, which is very wide',
    ],
    [
      'everywhere',
      'id: r, from: [a], to: {cidrs: ["::/0"]}, services: [https]',
      'allows ::/0, which is very wide',
    ],
  ])('%s', (_, line, message) => {
    const found = warnings(rules(line));
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(/^p\.yaml:13:7 spec\.rules\[2\]: /);
    expect(found[0]).toContain(message);
  });

  test('later than 30 days is far enough', () => {
    expect(warnings(rules(`id: r, ${RULE}, expires: "2026-11-05T12:00:00Z"`))).toEqual([]);
  });

  test('every port, any protocol', () => {
    const wide = rules(
      'id: r, from: [a], to: {cidrs: [192.0.2.1]}, services: [all]',
      'id: q, from: [b], to: {cidrs: [192.0.2.1]}, services: [any]',
    );
    const services = wide.replace(
      'services: {',
      'services: {all: [{protocol: udp, ports: [1-65535]}], any: [{protocol: any}], ',
    );
    expect(warnings(services).map((text) => text.replace(/.*: rule/, 'rule'))).toEqual([
      'rule r allows every udp port; expected: the ports that are needed',
      'rule q allows any protocol; expected: the services that are needed',
    ]);
  });

  test('an owner of the policy is an owner of its rules', () => {
    expect(warnings(rules(`id: r, ${RULE}, owner: x`), '').map((text) => text.split(': ')[1])).toEqual([
      'rule u1 has no owner; expected',
      'rule u2 has no owner; expected',
    ]);
  });
});

describe('rules that the others make needless', () => {
  test.each([
    ['a duplicate', [`id: r, ${RULE}`, `id: q, ${RULE}`], ['rule q is a duplicate of r']],
    [
      'one rule that allows more',
      ['id: r, from: [a, b], to: {cidrs: [192.0.2.0/24]}, services: [web]', `id: q, ${RULE}`],
      [
        'rule q has no effect: r already allows all of it',
        'rule u2 has no effect: r already allows all of it',
      ],
    ],
    [
      'the union of others',
      [
        'id: r, from: [a], to: {cidrs: [192.0.2.0/26]}, services: [https]',
        'id: t, from: [a], to: {cidrs: [192.0.2.64/26]}, services: [web]',
        `id: q, ${RULE}`,
      ],
      ['rule q has no effect: r, t already allow all of it'],
    ],
    [
      'the union of services',
      [
        'id: r, from: [a], to: {cidrs: [192.0.2.0/24]}, services: [https]',
        'id: t, from: [a], to: {cidrs: [192.0.2.0/24]}, services: [http]',
        'id: q, from: [a], to: {cidrs: [192.0.2.0/25]}, services: [web]',
      ],
      [
        'rule q has no effect: r, t already allow all of it',
        'rule u2 has no effect: r already allows all of it',
      ],
    ],
    [
      'a set with a hole leaves something',
      ['id: q, from: [a], to: {cidrs: [203.0.113.0/24]}, services: [web]'],
      [],
    ],
    [
      'inside the set without the hole',
      ['id: q, from: [a], to: {cidrs: [203.0.113.0/25]}, services: [web]'],
      ['rule q has no effect: u1 already allows all of it'],
    ],
    ['another group of hosts', [`id: r, ${RULE}`, `id: q, ${RULE}`.replace('[a]', '[b]')], []],
    [
      'a schedule does not cover',
      [`id: r, ${RULE}, schedule: day`, `id: q, ${RULE}`],
      ['rule r has no effect: q already allows all of it'],
    ],
    [
      'the same schedule covers',
      [`id: r, ${RULE}, schedule: day`, `id: q, ${RULE}, schedule: day`],
      ['rule q is a duplicate of r'],
    ],
    [
      'an expiry does not cover what stays',
      [`id: r, ${RULE}, expires: "2028-01-01T00:00:00Z"`, `id: q, ${RULE}`],
      ['rule r is a duplicate of q'],
    ],
    [
      'limits of the later rule never count',
      [`id: r, ${RULE}`, `id: q, ${RULE}, limits: {concurrentConnections: 5}`],
      ['rule q is a duplicate of r'],
    ],
    [
      'limits of the earlier rule do',
      [
        `id: r, ${RULE}, limits: {concurrentConnections: 5}`,
        'id: q, from: [a], to: {cidrs: [192.0.2.0/24]}, services: [web]',
      ],
      ['rule u2 has no effect: q already allows all of it'],
    ],
  ])('%s', (_, lines, expected) => {
    const spec = rules(...lines).replace('services: {', 'services: {http: [{protocol: tcp, ports: [80]}], ');
    const found = warnings(spec).flatMap(
      (text) => /rule \w+ (?:has no effect|is a dup)[^;]*/.exec(text)?.[0] ?? [],
    );
    expect(found.toSorted()).toEqual(expected.toSorted());
  });
});

test('a rule that others make needless is found among thousands from the same hosts', () => {
  const many = Array.from(
    { length: 2_000 },
    (_, i) => `id: r${i}, from: [a], to: {cidrs: [198.18.${i >> 8}.${i & 255}]}, services: [web]`,
  );
  many[100] = many[50].replace('r50', 'r100');
  expect(warnings(rules(...many))).toEqual([
    expect.stringContaining('rule r100 is a duplicate of r50; expected'),
  ]);
});

describe('names and networks', () => {
  test.each([
    [
      'an unused group',
      '10.3.0.0/16',
      BASE.replace('hostGroups: {', 'hostGroups: {c: {cidrs: [10.3.0.0/16]}, '),
      "p.yaml:6:16 spec.hostGroups.c: no rule uses host group 'c'",
    ],
    [
      'an unused set',
      '',
      BASE.replace('addressSets: {', 'addressSets: {c: {cidrs: [10.3.0.0/16]}, '),
      "p.yaml:7:17 spec.addressSets.c: no rule uses address set 'c'",
    ],
    [
      'an unused service',
      '',
      BASE.replace('services: {', 'services: {c: [{protocol: gre}], '),
      "no rule uses service 'c'",
    ],
    [
      'an unused schedule',
      '',
      BASE.replace('schedules: {', 'schedules: {c: {timezone: UTC, start: "00:00", end: "01:00"}, '),
      "no rule uses schedule 'c'",
    ],
    [
      'groups that overlap',
      '',
      BASE.replace('10.2.0.0/16', '10.1.2.0/24'),
      "p.yaml:6:43 spec.hostGroups.b: host groups 'a' and 'b' overlap",
    ],
    [
      'networks that overlap',
      '',
      BASE.replace('[10.1.0.0/16]', '[10.1.4.0/24, 10.1.0.0/16, 10.1.4.128/25]'),
      'a: 10.1.4.0/24 lies in 10.1.0.0/16',
    ],
    [
      'an except outside',
      '',
      BASE.replace('[10.1.0.0/16]', '[10.1.0.0/16], except: [10.7.0.1]'),
      'a: 10.7.0.1/32 is excepted but not in cidrs',
    ],
  ])('%s', (_, __, base, message) => {
    const found = warnings(`${base}  rules:\n${USED}`);
    expect(found.join('\n')).toContain(message);
  });

  test('a deny list against never-block, and where it can have no effect', () => {
    const lists =
      '  denyLists: [{id: d, cidrs: [10.0.0.0/24, 192.0.2.77, 127.0.0.1, 198.51.100.1]}]\n  neverBlock: {destinations: [10.0.0.53, 192.0.2.64/26]}\n';
    const found = warnings(`${rules()}${lists}`);
    expect(found.map((text) => text.slice(text.indexOf('deny list')).split(':')[0])).toEqual([
      'deny list d',
      'deny list d and neverBlock both hold 192.0.2.77/32',
      'deny list d and neverBlock both hold 10.0.0.53/32',
    ]);
    expect(found[0]).toContain('127.0.0.1/32 never leaves the link: it has no effect');
  });
});
