import { describe, expect, test } from 'vitest';
import { formatProblem, MAX_PROBLEMS } from '../../../src/policy/problem.ts';
import { loadText, policyText } from './sources.ts';

const BASE = `  hostGroups: {web: {cidrs: [10.1.0.0/24]}}
  services: {https: [{protocol: tcp, ports: [443]}]}
`;

function problems(text: string): string[] {
  const result = loadText({ 'p.yaml': text });
  return result.ok ? [] : result.problems.map(formatProblem);
}

/** Line and column of the mark, from 1, and the text without it. */
function marked(text: string): { text: string; spot: string } {
  const before = text.slice(0, text.indexOf('§')).split('\n');
  return {
    text: text.replace('§', ''),
    spot: `p.yaml:${before.length}:${before[before.length - 1].length + 1}`,
  };
}

const rule = (fields: string, from = 'from: [web]') => `${BASE}  rules: [{id: r, ${from}, ${fields}}]\n`;
const to = 'to: {cidrs: [192.0.2.1]}';
const https = `${to}, services: [https]`;
const group = (fields: string) => `  hostGroups: {g: {${fields}}}\n`;

describe('bad input is refused with file, line, column, field and what would be right (§ marks where)', () => {
  test.each([
    ['an unknown key', '  §hostGruops: {}\n', 'spec.hostGruops', "unknown field 'hostGruops'"],
    ['an unknown key in a rule', rule(`${https}, §form: x`), 'spec.rules[0].form', "unknown field 'form'"],
    ['a wrong type', '  rules: §7\n', 'spec.rules', 'is the number 7; expected: a list'],
    [
      'a number for text',
      group('cidrs: [§10]'),
      'spec.hostGroups.g.cidrs[0]',
      "is the number 10; expected: text like '192.0.2.0/24'",
    ],
    [
      'an IPv4-mapped address',
      group('cidrs: [§"::ffff:10.0.0.1"]'),
      'spec.hostGroups.g.cidrs[0]',
      'write 10.0.0.1',
    ],
    [
      'a zone id',
      group('cidrs: [§"fe80::1%eth0"]'),
      'spec.hostGroups.g.cidrs[0]',
      'leave out the part from %',
    ],
    ['leading zeros', group('cidrs: [§10.01.0.0/24]'), 'spec.hostGroups.g.cidrs[0]', 'without leading zeros'],
    [
      'leading zeros in a length',
      group('cidrs: [§10.1.0.0/024]'),
      'spec.hostGroups.g.cidrs[0]',
      'without leading zeros',
    ],
    [
      'host bits',
      group('cidrs: [10.0.0.0/24, §10.1.0.1/24]'),
      'spec.hostGroups.g.cidrs[1]',
      'expected: 10.1.0.0/24',
    ],
    [
      'a backward port range',
      '  services: {x: [{protocol: tcp, ports: [§90-80]}]}\n',
      'spec.services.x[0].ports[0]',
      'expected: 80-90',
    ],
    [
      'port 0',
      '  services: {x: [{protocol: tcp, ports: [§0]}]}\n',
      'spec.services.x[0].ports[0]',
      'a port from 1 to 65535',
    ],
    [
      'a port too large',
      '  services: {x: [{protocol: tcp, ports: [§70000]}]}\n',
      'spec.services.x[0].ports[0]',
      'past the last port',
    ],
    [
      'half a port',
      '  services: {x: [{protocol: tcp, ports: [§1.5]}]}\n',
      'spec.services.x[0].ports[0]',
      'a port from 1 to 65535',
    ],
    ['tcp without ports', '  services: {x: [§{protocol: tcp}]}\n', 'spec.services.x[0].ports', 'is left out'],
    [
      'gre with ports',
      '  services: {x: [{protocol: gre, ports: §[1]}]}\n',
      'spec.services.x[0].ports',
      'has no meaning',
    ],
    [
      'icmp as a service',
      '  services: {x: [{protocol: §icmp}]}\n',
      'spec.services.x[0].protocol',
      "the rule's own field icmp",
    ],
    [
      'icmp by number as a service',
      '  services: {x: [{protocol: §58}]}\n',
      'spec.services.x[0].protocol',
      "the rule's own field icmp",
    ],
    [
      'an unknown protocol',
      '  services: {x: [{protocol: §constructor}]}\n',
      'spec.services.x[0].protocol',
      'no protocol',
    ],
    ['an empty host group', group('cidrs: §[]'), 'spec.hostGroups.g.cidrs', 'at least one network'],
    [
      'a host group without cidrs',
      '  hostGroups: {g: §{except: [10.0.0.1]}}\n',
      'spec.hostGroups.g.cidrs',
      'is left out; expected: a list',
    ],
    ['an empty address set', '  addressSets: {s: §{}}\n', 'spec.addressSets.s', 'cidrs or fqdns'],
    [
      'an unknown group',
      rule(https, 'from: [§wbe]'),
      'spec.rules[0].from[0]',
      "no host group 'wbe'; expected: did you mean 'web'?",
    ],
    [
      'an unknown set',
      rule('to: {sets: [§x]}, services: [https]'),
      'spec.rules[0].to.sets[0]',
      "no address set 'x'",
    ],
    [
      'an unknown service',
      rule(`${to}, services: [§http]`),
      'spec.rules[0].services[0]',
      "did you mean 'https'?",
    ],
    [
      'an unknown schedule',
      rule(`${https}, schedule: §night`),
      'spec.rules[0].schedule',
      "no schedule 'night'",
    ],
    ['a rule without hosts', rule(https, 'from: §[]'), 'spec.rules[0].from', 'at least 1'],
    [
      'a rule without service',
      `${BASE}  rules: [§{id: r, from: [web], ${to}}]\n`,
      'spec.rules[0]',
      'services or icmp',
    ],
    [
      'a rule without destination',
      rule('to: §{}, services: [https]'),
      'spec.rules[0].to',
      'names no destination',
    ],
    [
      'an unknown ICMP type',
      rule(`${to}, icmp: [{family: ipv4, types: [§packet-too-big]}]`),
      'spec.rules[0].icmp[0].types[0]',
      'no ICMP type of ipv4',
    ],
    ['a date without zone', rule(`${https}, expires: §"2027-03-31"`), 'spec.rules[0].expires', 'RFC 3339'],
    [
      'a day that does not exist',
      rule(`${https}, expires: §"2027-02-30T00:00:00Z"`),
      'spec.rules[0].expires',
      'no point in time',
    ],
    [
      'a bad rate',
      rule(`${https}, limits: {newConnections: {rate: §5, burst: 1}}`),
      'spec.rules[0].limits.newConnections.rate',
      "text like '50/s'",
    ],
    [
      'a bad duration',
      rule(`${https}, limits: {bytesOut: {max: 1GB, per: §1w}}`),
      'spec.rules[0].limits.bytesOut.per',
      'a whole number and s, m, h or d',
    ],
    [
      'a bad size',
      rule(`${https}, limits: {bytesOut: {max: §1gb, per: 1h}}`),
      'spec.rules[0].limits.bytesOut.max',
      'MiB',
    ],
    ['empty limits', rule(`${https}, limits: §{}`), 'spec.rules[0].limits', 'is empty'],
    [
      'an unknown zone',
      '  schedules: {s: {timezone: §Mars/Olympus, start: "01:00", end: "02:00"}}\n',
      'spec.schedules.s.timezone',
      'an IANA name',
    ],
    [
      'an offset for a zone',
      '  schedules: {s: {timezone: §"+02:00", start: "01:00", end: "02:00"}}\n',
      'spec.schedules.s.timezone',
      'an IANA name',
    ],
    [
      'an hour that no clock shows',
      '  schedules: {s: {timezone: UTC, start: §"25:00", end: "02:00"}}\n',
      'spec.schedules.s.start',
      'HH:MM',
    ],
    [
      'a number for a time',
      '  schedules: {s: {timezone: UTC, start: §100, end: "02:00"}}\n',
      'spec.schedules.s.start',
      "text like '01:00'",
    ],
    [
      'a window without length',
      '  schedules: {s: {timezone: UTC, start: "02:00", end: §"02:00"}}\n',
      'spec.schedules.s.end',
      'equals start',
    ],
    [
      'an unknown day',
      '  schedules: {s: {timezone: UTC, days: [§mo], start: "02:00", end: "03:00"}}\n',
      'spec.schedules.s.days[0]',
      'expected: mon',
    ],
    [
      'a name with spaces',
      '  hostGroups: {§"a b": {cidrs: [10.0.0.1]}}\n',
      'spec.hostGroups.a b',
      'is no name',
    ],
    [
      'quarantine of a destination',
      '  response: {actions: [{detector: limit, action: quarantine, target: §destination}]}\n',
      'spec.response.actions[0].target',
      'expected: host',
    ],
    [
      'a block of a host',
      '  response: {default: {action: block, target: §host}}\n',
      'spec.response.default.target',
      'flow or destination',
    ],
    [
      'holdFor without provisional',
      '  response: {default: {action: block, target: flow, holdFor: §1m, approval: none}}\n',
      'spec.response.default.holdFor',
      'approval: provisional',
    ],
    [
      'a ttl of an alert',
      '  response: {default: {action: alert, ttl: §1h}}\n',
      'spec.response.default.ttl',
      'leave it out',
    ],
    [
      'two actions for one detector',
      '  response: {actions: [{detector: limit, action: alert}, {detector: §limit, action: alert}]}\n',
      'spec.response.actions[1].detector',
      'two actions',
    ],
    [
      'a guardrail out of range',
      '  response: {guardrails: {maxPrefixLength: {ipv4: §33}}}\n',
      'spec.response.guardrails.maxPrefixLength.ipv4',
      'at most 32',
    ],
    [
      'a never-blocked port without protocol',
      '  neverBlock: {ports: [§"22"]}\n',
      'spec.neverBlock.ports[0]',
      'tcp/22',
    ],
    [
      'a test without port',
      '  tests: [{name: t, from: 10.1.0.1, accept: [§192.0.2.1/tcp]}]\n',
      'spec.tests[0].accept[0]',
      'without a port',
    ],
    [
      'two rules of one id',
      `${BASE}  rules: [{id: r, from: [web], ${https}}, {id: §r, from: [web], ${https}}]\n`,
      'spec.rules[1].id',
      'already defined at p.yaml:8:11',
    ],
  ])('%s', (_, spec, field, what) => {
    const { text, spot } = marked(policyText(spec));
    const found = problems(text);
    const hit = found.find((problem) => problem.startsWith(`${spot} ${field}: `) && problem.includes(what));
    expect(hit, `${spot} ${field}: ... ${what}\n${found.join('\n')}`).toBeDefined();
    expect(hit).toContain('; expected: ');
  });

  test('all problems are reported, in the order of the text', () => {
    const found = problems(
      policyText('  rules: 7\n  hostGroups: {g: {cidrs: [x, 10.0.0.1/8]}}\n  nonsense: 1\n'),
    );
    expect(found.map((text) => text.split(' ')[0])).toEqual([
      'p.yaml:6:10',
      'p.yaml:7:28',
      'p.yaml:7:31',
      'p.yaml:8:3',
    ]);
  });

  test('no more than a hundred, and the rest is counted', () => {
    const result = loadText({ 'p.yaml': policyText(group(`cidrs: [${'x, '.repeat(150)}]`)) });
    const found = result.ok ? [] : result.problems;
    expect(found).toHaveLength(MAX_PROBLEMS + 1);
    expect(found.at(-1)?.message).toBe('50 more problems');
  });
});

describe('what has no effect yet is refused, never ignored', () => {
  test.each([
    [
      'names',
      policyText('  addressSets: {m: {fqdns: ["*.cdn.example"]}}\n'),
      6,
      'names stay unknown without resolvers',
    ],
  ])('%s', (_, text, line, message) => {
    const result = loadText({ 'p.yaml': text, f: '' });
    const found = result.ok ? [] : result.problems;
    expect(found.map(formatProblem).join('\n')).toContain(message);
    expect(found[0].line).toBe(line);
    expect(found[0].expected).not.toBe('');
  });
});
