import { describe, expect, test } from 'vitest';
import type { DenyList } from '../../../../src/policy/policy.ts';
import { formatProblem } from '../../../../src/policy/problem.ts';
import { loadGood, loadText, policyText } from '../sources.ts';

function listOf(fields: string): DenyList {
  return loadGood(`  denyLists: [{id: d, ${fields}}]\n`, { f: '198.51.100.1\n' }).denyLists[0];
}

test('what a list of a URL leaves out', () => {
  expect(listOf('url: "https://feeds.example/drop.txt", format: text')).toMatchObject({
    prefixes: { length: 0 },
    content: null,
    feed: {
      file: null,
      url: 'https://feeds.example/drop.txt',
      format: { name: 'text' },
      refreshMs: 3_600_000,
      maxAgeMs: null,
      onError: 'keepLast',
      timeoutMs: 60_000,
      limits: {
        maxBytes: 16 * 2 ** 20,
        maxPrefixes: 1_000_000,
        widestPrefix: { ipv4: 8, ipv6: 16 },
        maxShrinkPercent: 50,
        maxGrowthPercent: 400,
        onUnsafe: 'refuse',
      },
    },
  });
});

test('every setting arrives', () => {
  const fields = [
    'format: csv, column: ip, refresh: 10m, maxAge: 72h, onError: drop, onUnsafe: skip, timeout: 5s',
    'maxBytes: 1MiB, maxPrefixes: 7, widestPrefix: {ipv4: 20}, maxShrinkPercent: 10, maxGrowthPercent: 20',
  ];
  expect(listOf(`url: "http://127.0.0.1:8080/x", ${fields.join()}`).feed).toEqual({
    file: null,
    url: 'http://127.0.0.1:8080/x',
    format: { name: 'csv', column: 'ip' },
    refreshMs: 600_000,
    maxAgeMs: 259_200_000,
    onError: 'drop',
    timeoutMs: 5_000,
    limits: {
      maxBytes: 2 ** 20,
      maxPrefixes: 7,
      widestPrefix: { ipv4: 20, ipv6: 16 },
      maxShrinkPercent: 10,
      maxGrowthPercent: 20,
      onUnsafe: 'skip',
    },
  });
  expect(listOf('file: f, format: text').feed).toMatchObject({ file: 'f', url: null, refreshMs: null });
  expect(listOf('url: "https://x.example", format: json, field: cidr').feed?.format).toEqual({
    name: 'json',
    field: 'cidr',
  });
  expect(listOf('url: "https://x.example", format: csv, column: 2').feed?.format).toEqual({
    name: 'csv',
    column: 2,
  });
});

test.each(['https://feeds.example:8443/a/b?key=x', 'http://127.0.0.1/x', 'http://[::1]:8080/x'])(
  '%s may be fetched',
  (url) => {
    expect(listOf(`url: "${url}", format: text`).feed?.url).toBe(new URL(url).href);
  },
);

describe('refused', () => {
  test.each([
    ['no source', 'format: text', 'spec.denyLists[0]: has no content; expected: one of cidrs, file and url'],
    ['two sources', 'file: f, url: "https://x.example", format: text', 'has file and url'],
    ['no format', 'url: "https://x.example"', '.format: is left out; expected: text, csv, hosts, stix, json'],
    ['an unknown format', 'file: f, format: tsv', '.format: is the string tsv'],
    ['a URL as file', 'file: "https://x.example/f", format: text', 'is a URL, not a path'],
    ['http', 'url: "http://feeds.example/x", format: text', 'http to another machine'],
    ['http to a name of this machine', 'url: "http://localhost/x", format: text', 'http to another machine'],
    ['a password', 'url: "https://me:secret@feeds.example/x", format: text', 'user or password'],
    ['another scheme', 'url: "file:///etc/passwd", format: text', 'no URL'],
    ['ftp', 'url: "ftp://feeds.example/x", format: text', 'neither https nor http'],
    ['no URL', 'url: "drop.txt", format: text', 'no URL'],
    ['a fragment', 'url: "https://feeds.example/x#y", format: text', 'a URL with #'],
    ['csv without column', 'file: f, format: csv', '.column: is left out'],
    ['column zero', 'file: f, format: csv, column: 0', '.column: '],
    ['column with text', 'file: f, format: text, column: 1', '.column: has no meaning without format csv'],
    ['field with csv', 'file: f, format: csv, column: 1, field: x', '.field: has no meaning'],
    ['timeout of a file', 'file: f, format: text, timeout: 5s', '.timeout: has no meaning without url'],
    ['a limit of networks in the policy', 'cidrs: [192.0.2.1], maxBytes: 1MiB', '.maxBytes: has no meaning'],
    ['a refresh of them', 'cidrs: [192.0.2.1], refresh: 1h', '.refresh: has no meaning without file or url'],
    [
      'too much',
      'file: f, format: text, maxBytes: 65MiB',
      '.maxBytes: is too large; expected: at most 64MiB',
    ],
    ['too long', 'url: "https://x.example", format: text, timeout: 11m', '.timeout: is too long'],
    ['everything as widest', 'file: f, format: text, widestPrefix: {ipv4: 0}', '.widestPrefix.ipv4: '],
    ['shrinking by more than all', 'file: f, format: text, maxShrinkPercent: 101', 'at most 100'],
  ])('%s', (_, fields, message) => {
    const result = loadText({ 'p.yaml': policyText(`  denyLists: [{id: d, ${fields}}]\n`), f: '192.0.2.1' });
    const found = result.ok ? [] : result.problems.map(formatProblem);
    expect(found.join('\n')).toContain(message);
    expect(found.every((problem) => problem.startsWith('p.yaml:6:'))).toBe(true);
  });
});
