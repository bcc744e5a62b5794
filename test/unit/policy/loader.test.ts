import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { lastLoaded, loadPolicyFile, loadPolicySources } from '../../../src/policy/loader.ts';
import { formatProblem } from '../../../src/policy/problem.ts';
import { loadGood, loadText, policyText } from './sources.ts';

function good(files: Readonly<Record<string, string>>) {
  const result = loadText(files);
  if (!result.ok) throw new Error(result.problems.map(formatProblem).join('\n'));
  return result;
}

describe('includes', () => {
  const part = (spec: string, include = '') =>
    `apiVersion: penstock/v1\nkind: EgressPolicyPart\n${include}spec:\n${spec}`;
  const services = part('  services: {https: [{protocol: tcp, ports: [443]}]}\n');

  test('parts bring groups, services, rules and lists; paths are relative to the file that names them', () => {
    const { policy, places } = good({
      'p.yaml': policyText('  hostGroups: {web: {cidrs: [10.1.0.0/24]}}\n', 'include: [parts/a.yaml]\n'),
      'parts/a.yaml': part(
        '  rules: [{id: r, from: [web], to: {cidrs: [192.0.2.1]}, services: [https]}]\n',
        'include: [b.yaml]\n',
      ),
      'parts/b.yaml': `${services}  denyLists: [{id: d, file: feed.txt, format: text}]\n`,
      'parts/feed.txt': '198.51.100.0/24 # one\r\n\n; none\n2001:db8::/32\n',
    });
    expect(policy.rules).toMatchObject([{ id: 'r' }]);
    expect(places).toMatchObject({
      hostGroups: [{ file: 'p.yaml', line: 7, column: 16 }],
      services: [{ file: 'parts/b.yaml', line: 4, column: 14 }],
      rules: [{ file: 'parts/a.yaml', line: 5, column: 11 }],
      denyLists: [{ file: 'parts/b.yaml', line: 5, column: 15 }],
    });
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

test('the two policies that were loaded last are at hand by their digest', () => {
  const policies = ['a', 'b', 'c'].map((name) =>
    loadGood(`  hostGroups: {${name}: {cidrs: [10.1.0.0/24]}}\n`),
  );
  expect(policies.map(({ digest }) => lastLoaded(digest))).toEqual([undefined, policies[1], policies[2]]);
  loadPolicySources(policies[1].sources, { stored: true });
  loadGood('  hostGroups: {d: {cidrs: [10.1.0.0/24]}}\n');
  expect(policies.map(({ digest }) => lastLoaded(digest)?.digest)).toEqual([
    undefined,
    policies[1].digest,
    undefined,
  ]);
});
