import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatAddress } from '../../../src/address/address.ts';
import { describeKeys, flowKey, keysCover, keysInclude, mergeKeys } from '../../../src/policy/key-range.ts';
import { parseRelativePath } from '../../../src/policy/schema/deny-list.ts';
import { domainField } from '../../../src/policy/schema/prefix.ts';
import { parseProbe } from '../../../src/policy/schema/probe.ts';
import {
  formatDuration,
  formatSize,
  parseDuration,
  parseRate,
  parseSize,
} from '../../../src/policy/schema/quantity.ts';
import { parsePorts } from '../../../src/policy/schema/service.ts';
import { suggestion } from '../../../src/policy/suggestion.ts';

test.each([
  ['10m', 600_000],
  ['24h', 86_400_000],
  ['30s', 30_000],
  ['3d', 259_200_000],
])('duration %s', (text, ms) => {
  expect(parseDuration(text)).toBe(ms);
  expect(parseDuration(formatDuration(ms))).toBe(ms);
});
test.each(['', '0s', '10', '1.5h', '-1s', '1 h', '1w', '367d', '01h', '1H'])('no duration: %j', (text) => {
  expect(() => parseDuration(text)).toThrow(/expected/);
});

test.each([
  ['2GiB', 2 * 2 ** 30],
  ['500MB', 5e8],
  ['1B', 1],
  ['10kB', 10_000],
  ['3KiB', 3072],
  ['1TiB', 2 ** 40],
])('size %s', (text, bytes) => {
  expect(parseSize(text)).toBe(bytes);
});
test.each(['', '0B', '2', '2gb', '2 GB', '1.5GB', '999999999TiB', '10KB'])('no size: %j', (text) => {
  expect(() => parseSize(text)).toThrow(/expected/);
});
test('sizes for a person', () => {
  expect([1, 1024, 1.5 * 2 ** 30, 2 ** 41].map(formatSize)).toEqual(['1 B', '1 KiB', '1.5 GiB', '2 TiB']);
});

test.each([
  ['50/s', 50],
  ['30/m', 0.5],
  ['36/h', 0.01],
])('rate %s', (text, rate) => {
  expect(parseRate(text)).toBeCloseTo(rate, 12);
});
test.each(['50', '0/s', '5/d', '5 /s', '-5/s', '5/s/s'])('no rate: %j', (text) => {
  expect(() => parseRate(text)).toThrow(/expected/);
});

test.each([
  ['443', 443, 443],
  ['8730-8739', 8730, 8739],
  ['1-65535', 1, 65_535],
  ['7-7', 7, 7],
])('ports %s', (text, first, last) => {
  expect(parsePorts(text)).toEqual({ first, last });
});
test.each(['0', '65536', '0-1', '1-65536', '2-1', '-1', '1-', '01', '1-2-3', ' 1', '0x10', '1e3', ''])(
  'no ports: %j',
  (text) => {
    expect(() => parsePorts(text)).toThrow(/expected/);
  },
);

describe('names of destinations', () => {
  test.each([
    'mirror.example.org',
    '*.cdn.example',
    '**.pkg.example',
    'xn--bcher-kva.example',
    '_dmarc.example.org',
  ])('%s', (text) => {
    expect(domainField.parse(text)).toBe(text);
  });
  test.each([
    'localhost',
    '*',
    '**',
    'a.*.example',
    '*a.example',
    'A.example',
    'a..example',
    '.example.org',
    'example.org.',
    '-a.example',
    'a-.example',
    '192.0.2.1',
    `${'a'.repeat(64)}.example`,
    'bücher.example',
    'a b.example',
  ])('not %s', (text) => {
    expect(domainField.safeParse(text).success).toBe(false);
  });
});

test.each([
  '/etc/passwd',
  '../x',
  'a/../../x',
  './x',
  'a//b',
  'a/',
  '',
  'http://x/y',
  'file:x',
  'a\\b',
  'a\0b',
  'a\nb',
])('no relative path: %j', (text) => {
  expect(() => parseRelativePath(text)).toThrow(/expected/);
});

describe('flows as text', () => {
  test.each([
    ['203.0.113.10:443/tcp', { protocol: 6, port: 443, icmpType: -1 }, '203.0.113.10'],
    ['[2001:db8::1]:53/udp', { protocol: 17, port: 53, icmpType: -1 }, '2001:db8::1'],
    ['192.0.2.1/icmp/echo-request', { protocol: 1, port: 0, icmpType: 8 }, '192.0.2.1'],
    ['192.0.2.1/icmp/13', { protocol: 1, port: 0, icmpType: 13 }, '192.0.2.1'],
    ['2001:db8::1/icmpv6/echo-request', { protocol: 58, port: 0, icmpType: 128 }, '2001:db8::1'],
    ['[2001:db8::1]/ipv6-icmp/packet-too-big', { protocol: 58, port: 0, icmpType: 2 }, '2001:db8::1'],
    ['192.0.2.1/gre', { protocol: 47, port: 0, icmpType: -1 }, '192.0.2.1'],
    ['192.0.2.1/103', { protocol: 103, port: 0, icmpType: -1 }, '192.0.2.1'],
  ])('%s', (text, fields, destination) => {
    const probe = parseProbe(text);
    expect(probe).toMatchObject(fields);
    expect(formatAddress(probe.destination)).toBe(destination);
  });

  test.each([
    '',
    '192.0.2.1',
    '192.0.2.1:443',
    '192.0.2.1/tcp',
    '192.0.2.1:443/gre',
    '192.0.2.1:0/tcp',
    '192.0.2.1:65536/tcp',
    '192.0.2.1/icmp',
    '192.0.2.1/icmp/nonsense',
    '192.0.2.1/icmp/256',
    '192.0.2.1/icmpv6/128',
    '2001:db8::1/icmp/8',
    '192.0.2.1:443/tcp/x',
    '192.0.2.1:443/tcp/x/y',
    '192.0.2.1/256',
    '[192.0.2.1:443/tcp',
    '01.0.2.1:443/tcp',
    'fe80::1%eth0/gre',
    'example.org:443/tcp',
  ])('no flow: %j', (text) => {
    expect(() => parseProbe(text)).toThrow(/expected/);
  });
});

describe('keys of services', () => {
  const range = fc
    .tuple(fc.integer({ min: 0, max: 60 }), fc.integer({ min: 0, max: 12 }))
    .map(([first, more]) => ({ first, last: first + more }));
  const ranges = fc.array(range, { maxLength: 8 });

  test('merging changes no key and leaves no overlap', () => {
    fc.assert(
      fc.property(ranges, (given) => {
        const merged = mergeKeys(given);
        for (let key = 0; key < 80; key++) expect(keysInclude(merged, key)).toBe(keysInclude(given, key));
        for (let i = 1; i < merged.length; i++)
          expect(merged[i].first).toBeGreaterThan(merged[i - 1].last + 1);
      }),
    );
  });

  test('covering means every key', () => {
    fc.assert(
      fc.property(ranges, ranges, (x, y) => {
        const all = Array.from({ length: 80 }, (_, key) => !keysInclude(y, key) || keysInclude(x, key)).every(
          Boolean,
        );
        expect(keysCover(mergeKeys(x), mergeKeys(y))).toBe(all);
      }),
    );
  });

  test.each([
    [{ first: (6 << 16) | 443, last: (6 << 16) | 443 }, 'port 443/tcp'],
    [{ first: (17 << 16) | 50, last: (17 << 16) | 60 }, 'ports 50-60/udp'],
    [{ first: (1 << 16) | (8 << 8), last: (1 << 16) | (8 << 8) | 255 }, 'icmp echo-request'],
    [{ first: flowKey(58, 0, 200, 1), last: flowKey(58, 0, 200, 1) }, 'ipv6-icmp 200'],
    [{ first: 47 << 16, last: (47 << 16) | 0xffff }, 'gre'],
    [{ first: 103 << 16, last: (103 << 16) | 0xffff }, '103'],
    [{ first: 0, last: 0xffffff }, 'any protocol'],
  ])('%j for a person', (given, text) => {
    expect(describeKeys(given)).toBe(text);
  });
});

test.each([
  ['wbe', 'web'],
  ['payment', 'payments'],
  ['paymnets', 'payments'],
  ['x', undefined],
  ['entirely', undefined],
  ['w'.repeat(200), undefined],
])('did you mean: %s', (text, meant) => {
  expect(suggestion(text, ['web', 'payments', 'build'])).toBe(meant);
});
