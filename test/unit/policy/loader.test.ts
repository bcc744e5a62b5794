import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { loadPolicyFile, loadPolicySources } from '../../../src/policy/loader.ts';
import { formatProblem, MAX_PROBLEMS } from '../../../src/policy/problem.ts';
import { loadGood, loadText, policyText } from './sources.ts';

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
    ['a deny list without source', '  denyLists: [§{id: d}]\n', 'spec.denyLists[0]', 'one of cidrs and file'],
    [
      'a deny list by URL',
      '  denyLists: [{id: d, file: §"https://feeds.example/drop.txt", format: text}]\n',
      'spec.denyLists[0].file',
      'a URL',
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
      'mode enforce',
      policyText('').replace('respond', 'enforce'),
      5,
      "'enforce' does not work in this version",
    ],
    [
      'names',
      policyText('  addressSets: {m: {fqdns: ["*.cdn.example"]}}\n'),
      6,
      'names does not work in this version',
    ],
    [
      'detectors',
      policyText('  detectors: {scan: {}}\n'),
      6,
      "detector 'scan' does not work in this version",
    ],
    [
      'answers to them',
      policyText('  response: {actions: [{detector: volume, action: alert}]}\n'),
      6,
      "detector 'volume' does not work",
    ],
    [
      'deny list formats',
      policyText('  denyLists: [{id: d, file: f, format: json}]\n'),
      6,
      "'json' does not work in this version",
    ],
  ])('%s', (_, text, line, message) => {
    const result = loadText({ 'p.yaml': text, f: '' });
    const found = result.ok ? [] : result.problems;
    expect(found.map(formatProblem).join('\n')).toContain(message);
    expect(found[0].line).toBe(line);
    expect(found[0].expected).not.toBe('');
  });
});

describe('YAML that is more than a policy needs', () => {
  const bomb = `a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: [*b,*b,*b,*b,*b,*b,*b,*b,*b]\n`;
  test.each([
    ['a bomb of aliases', bomb, 1, 'anchor'],
    ['an alias', policyText('  hostGroups: {a: &x {cidrs: [10.0.0.1]}, b: *x}\n'), 6, 'alias'],
    ['a merge key', policyText('  hostGroups: {a: {<<: {cidrs: [10.0.0.1]}}}\n'), 6, 'merge key'],
    ['a tag', policyText('  rules: !!js/function x\n'), 6, 'tag'],
    ['a directive', `%YAML 1.1\n---\n${policyText('')}`, 1, 'directive'],
    ['two documents', `${policyText('')}---\nx: 1\n`, 6, 'second document'],
    ['a duplicate key', policyText('  rules: []\n  rules: []\n'), 7, "key 'rules' stands twice"],
    ['__proto__', policyText('  __proto__: {}\n'), 6, "'__proto__' is no name"],
    ['deep nesting in flow style', policyText(`  rules: ${'['.repeat(100_000)}\n`), 6, 'nested too deep'],
    [
      'deep nesting in block style',
      policyText(`  rules:\n    ${'- '.repeat(5_000)}x\n`),
      7,
      'nested too deep',
    ],
    ['a list as a key', policyText('  ? [a]\n  : 1\n'), 6, 'keys must be strings'],
    ['text that is no map', 'just text\n', 1, 'a map'],
    ['nothing', '', 1, ''],
    ['a broken flow map', 'apiVersion: {\n', 2, 'end with a }'],
    [
      'a list too long',
      policyText(`  hostGroups: {g: {cidrs: [${'x, '.repeat(70_000)}]}}\n`),
      6,
      'more than 50000 values',
    ],
    ['a hundred thousand tags', `a: ${'!x '.repeat(100_000)}`, 1, 'a tag'],
    [
      'forty thousand keys',
      `a: {${Array.from({ length: 40_000 }, (_, i) => `k${i}: 1`).join(', ')}}`,
      1,
      'is left out',
    ],
    ['NUL', `a\nb\0`, 2, 'NUL'],
  ])('%s', (_, text, line, message) => {
    const result = loadText({ 'p.yaml': text });
    const found = result.ok ? [] : result.problems;
    expect(found.map(formatProblem).join('\n')).toContain(message);
    expect(found[0]).toMatchObject({ file: 'p.yaml', line });
  });

  test('10 MB are refused by size, unread', () => {
    const result = loadText({ 'p.yaml': policyText(`  # ${'x'.repeat(10_000_000)}\n`) });
    expect(result.ok ? [] : result.problems).toMatchObject([
      { file: 'p.yaml', message: 'is larger than 1048576 bytes' },
    ]);
  });
});

describe('includes', () => {
  const part = (spec: string, include = '') =>
    `apiVersion: penstock/v1\nkind: EgressPolicyPart\n${include}spec:\n${spec}`;
  const services = part('  services: {https: [{protocol: tcp, ports: [443]}]}\n');

  test('parts bring groups, services, rules and lists; paths are relative to the file that names them', () => {
    const policy = loadGood(
      '  hostGroups: {web: {cidrs: [10.1.0.0/24]}}\n',
      {
        'parts/a.yaml': part(
          '  rules: [{id: r, from: [web], to: {cidrs: [192.0.2.1]}, services: [https]}]\n',
          'include: [b.yaml]\n',
        ),
        'parts/b.yaml': `${services}  denyLists: [{id: d, file: feed.txt, format: text}]\n`,
        'parts/feed.txt': '198.51.100.0/24 # one\r\n\n; none\n2001:db8::/32\n',
      },
      'include: [parts/a.yaml]\n',
    );
    expect(policy.rules[0]).toMatchObject({ id: 'r', place: { file: 'parts/a.yaml', line: 5, column: 11 } });
    expect(policy.denyLists[0].prefixes).toHaveLength(2);
    expect(policy.sources.files.map(({ name }) => name)).toEqual([
      'p.yaml',
      'parts/a.yaml',
      'parts/b.yaml',
      'parts/feed.txt',
    ]);
  });

  test.each([
    [
      'a cycle',
      { 'a.yaml': part('  rules: []\n', 'include: [a.yaml]\n') },
      'a.yaml:3:11 include[0]: includes itself',
    ],
    [
      'a file twice',
      { 'a.yaml': part('  rules: []\n', 'include: [b.yaml]\n'), 'b.yaml': services },
      'included twice',
      'include: [b.yaml, a.yaml]\n',
    ],
    ['a missing file', {}, "p.yaml:4:11 include[0]: 'a.yaml' is not among the sources"],
    [
      'settings in a part',
      { 'a.yaml': part('  mode: audit\n') },
      "a.yaml:4:3 spec.mode: unknown field 'mode'",
    ],
    ['a policy for a part', { 'a.yaml': policyText('') }, 'EgressPolicyPart'],
    [
      'a name taken in another file',
      { 'a.yaml': part('  hostGroups: {web: {cidrs: [10.2.0.0/24]}}\n') },
      "a.yaml:4:16 spec.hostGroups.web: 'web' is already defined at p.yaml:7:16",
    ],
    ['.. in a path', {}, "'..'", 'include: [../a.yaml]\n'],
    ['an absolute path', {}, 'not a relative path', 'include: [/etc/passwd]\n'],
    ['a URL', {}, 'a URL', 'include: ["https://policies.example/a.yaml"]\n'],
    ['a backslash', {}, '\\', 'include: ["a\\\\b.yaml"]\n'],
    [
      'a bad line of a deny list',
      {
        'a.yaml': part('  denyLists: [{id: d, file: f, format: text}]\n'),
        f: '192.0.2.1\n  10.0.0.1/8 # x\n',
      },
      "f:2:3: '10.0.0.1/8' is a prefix with host bits set; expected: 10.0.0.0/8",
    ],
  ])('%s is refused', (_, files, message, head = 'include: [a.yaml]\n') => {
    const text = policyText('  hostGroups: {web: {cidrs: [10.1.0.0/24]}}\n', head);
    const result = loadText({ 'p.yaml': text, ...files });
    const found = result.ok ? [] : result.problems.map(formatProblem);
    expect(found.join('\n')).toContain(message);
  });

  test('a part that is broken does not make its names unknown', () => {
    const text = policyText(
      '  hostGroups: {w: {cidrs: [10.1.0.0/24]}}\n  rules: [{id: r, from: [w], to: {cidrs: [192.0.2.1]}, services: [https]}]\n',
      'include: [a.yaml]\n',
    );
    const result = loadText({ 'p.yaml': text, 'a.yaml': `${services}  x: 1\n` });
    expect(result.ok ? [] : result.problems.map(({ file }) => file)).toEqual(['a.yaml']);
  });

  test('more than 64 files are refused', () => {
    const names = Array.from({ length: 64 }, (_, i) => `a${i}.yaml`);
    const files = Object.fromEntries(names.map((name) => [name, part('  rules: []\n')]));
    const result = loadText({ 'p.yaml': policyText('', `include: [${names.join(', ')}]\n`), ...files });
    expect(result.ok ? [] : result.problems.map(({ message }) => message)).toEqual(['is one file too many']);
  });
});

describe('on disk', () => {
  let top: string;
  let folder: string;
  beforeEach(() => {
    top = mkdtempSync(path.join(tmpdir(), 'policy-'));
    folder = path.join(top, 'policies');
    mkdirSync(folder);
  });
  afterEach(() => rmSync(top, { recursive: true }));

  const write = (name: string, text: string | Buffer) => writeFileSync(path.join(top, name), text);
  const load = (name = 'policies/p.yaml') => {
    const result = loadPolicyFile(path.join(top, name));
    return result.ok ? [] : result.problems.map(formatProblem);
  };
  const part = 'apiVersion: penstock/v1\nkind: EgressPolicyPart\nspec: {}\n';

  test('sources restore the policy without the file system', () => {
    write(
      'policies/p.yaml',
      policyText('  hostGroups: {w: {cidrs: [10.1.0.0/24]}}\n', 'include: [a.yaml]\n'),
    );
    write('policies/a.yaml', part);
    const fromDisk = loadPolicyFile(path.join(folder, 'p.yaml'));
    if (!fromDisk.ok) throw new Error(fromDisk.problems.map(formatProblem).join());
    const sources = JSON.parse(JSON.stringify(fromDisk.policy.sources));
    const restored = loadPolicySources(sources);
    expect(restored.ok && restored.policy).toEqual(fromDisk.policy);
    expect(structuredClone(fromDisk.policy)).toEqual(fromDisk.policy);
  });

  test('the digest tells contents apart, not line ends', () => {
    const digest = (text: string) => {
      const result = loadText({ 'p.yaml': text });
      return result.ok ? result.policy.digest : 'refused';
    };
    const text = policyText('  rules: []\n');
    expect(digest(text.replaceAll('\n', '\r\n'))).toBe(digest(text));
    expect(digest(`${text}# more\n`)).not.toBe(digest(text));
    expect(digest(text)).toMatch(/^[0-9a-f]{64}$/);
  });

  test('a link out of the folder is refused, a link inside and a link to the policy are followed', () => {
    write('outside.yaml', part);
    write('policies/inside.yaml', part);
    symlinkSync('../outside.yaml', path.join(folder, 'out.yaml'));
    symlinkSync('inside.yaml', path.join(folder, 'in.yaml'));
    write('policies/p.yaml', policyText('', 'include: [in.yaml]\n'));
    symlinkSync('policies/p.yaml', path.join(top, 'link.yaml'));
    expect(load('link.yaml')).toEqual([]);
    write('policies/p.yaml', policyText('', 'include: [out.yaml]\n'));
    expect(load()[0]).toContain("p.yaml:4:11 include[0]: 'out.yaml' leads out of the policy's folder");
  });

  test('a folder next door with the same beginning is outside', () => {
    mkdirSync(path.join(top, 'policies-2'));
    write('policies-2/a.yaml', part);
    symlinkSync('../policies-2', path.join(folder, 'next'));
    write('policies/p.yaml', policyText('', 'include: [next/a.yaml]\n'));
    expect(load()[0]).toContain('leads out');
  });

  test('invalid UTF-8 is refused with its line', () => {
    write('policies/p.yaml', Buffer.concat([Buffer.from(policyText('  # ')), Buffer.from([0xc3, 0x28])]));
    expect(load()).toEqual(['p.yaml:6:1: is not UTF-8; expected: UTF-8 text']);
  });

  test('a folder, a missing file and a large file are refused', () => {
    mkdirSync(path.join(folder, 'a.yaml'));
    write('policies/p.yaml', policyText('', 'include: [a.yaml, b.yaml]\n'));
    expect(load().join('\n')).toMatch(/is not a regular file.*cannot be read \(ENOENT\)/s);
    write('policies/p.yaml', Buffer.alloc(10_000_000, '#'));
    expect(load()[0]).toContain('larger than 1048576 bytes');
    expect(load('none.yaml')[0]).toContain('cannot be read (ENOENT)');
  });
});
