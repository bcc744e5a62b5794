import { describe, expect, test } from 'vitest';
import type { FeedFormat } from '../../../../src/policy/feed/feed.ts';
import { parseFeed, parseFeedBytes } from '../../../../src/policy/feed/parser.ts';
import { orderOf, read, told } from './orders.ts';

const TEXT: FeedFormat = { name: 'text' };
const HOSTS: FeedFormat = { name: 'hosts' };
const STIX: FeedFormat = { name: 'stix' };
const csv = (column: string | number): FeedFormat => ({ name: 'csv', column });
const json = (field: string | null): FeedFormat => ({ name: 'json', field });

function unusable(format: FeedFormat, text: string): number {
  const parsed = parseFeed(text, orderOf(format));
  return parsed.ok ? parsed.unusable : Number.NaN;
}

describe('text', () => {
  test.each([
    ['addresses and networks', '198.51.100.7\n2001:db8::/32\n', ['198.51.100.7/32', '2001:db8::/32']],
    [
      'comments of both kinds',
      '# a\n; b\n198.51.100.7 # c\n198.51.100.9 ; SBL1\n',
      ['198.51.100.7/32', '198.51.100.9/32'],
    ],
    ['Windows line ends and empty lines', '\r\n198.51.100.7\r\n\r\n', ['198.51.100.7/32']],
    ['ranges', '198.51.100.3 - 198.51.100.6\n', ['198.51.100.3/32', '198.51.100.4/31', '198.51.100.6/32']],
    ['twins and what lies in another', '198.51.100.7\n198.51.100.0/24\n198.51.100.7\n', ['198.51.100.0/24']],
    [
      'any order',
      '203.0.113.1\n2001:db8::1\n198.51.100.7\n',
      ['198.51.100.7/32', '203.0.113.1/32', '2001:db8::1/128'],
    ],
    ['no last line end', '198.51.100.7', ['198.51.100.7/32']],
  ])('%s', (_, text, networks) => {
    expect(read(TEXT, text)).toEqual(networks);
  });

  test.each([
    [
      'a name',
      'bad.example\n',
      "f:1:1: 'bad.example' is not an IP address; expected: for example 192.0.2.1 or 2001:db8::1",
    ],
    ['a line that was cut off', '198.51.100.7\n198.51.1', "f:2:1: '198.51.1' is not a dotted quad"],
    [
      'host bits',
      '  198.51.100.7/24',
      "f:1:3: '198.51.100.7/24' is a prefix with host bits set; expected: 198.51.100.0/24",
    ],
    ['a page instead of a list', '<!DOCTYPE html>\n<html>', "f:1:1: '<!DOCTYPE html>' is not an IP address"],
    ['a range backwards', '198.51.100.9-198.51.100.7', 'a range that ends before it begins'],
    ['a range over families', '198.51.100.9-2001:db8::', 'a range from one family to the other'],
  ])('%s is damage', (_, text, problem) => {
    const [code, ...problems] = read(TEXT, text);
    expect(code).toBe('damaged');
    expect(problems[0]).toContain(problem);
  });

  test.each([
    ['UTF-16', Buffer.from('198.51.100.7\n', 'utf16le'), 'holds a NUL byte'],
    ['bytes that are no text', Buffer.from([0xff, 0xfe, 0x31]), 'is not UTF-8'],
  ])('%s is damage', (_, bytes, problem) => {
    expect(told(parseFeedBytes(bytes, orderOf(TEXT))).join()).toBe(
      `damaged,f:1:1: ${problem}; expected: UTF-8 text`,
    );
  });

  test('a byte order mark is none', () => {
    expect(told(parseFeedBytes(Buffer.from('\ufeff198.51.100.7\n'), orderOf(TEXT)))).toEqual([
      '198.51.100.7/32',
    ]);
  });

  test('nothing at all is an error', () => {
    for (const text of ['', '\n', '# all clear\n']) {
      expect(read(TEXT, text)).toEqual([
        'empty',
        'f:1:1: holds no network; expected: at least one address or network',
      ]);
    }
  });
});

describe('csv', () => {
  const FEODO = `# Feodo Tracker
#
"first_seen_utc","dst_ip","dst_port","c2_status"\r
"2026-01-01 12:00:00","198.51.100.7","443","online"\r
"2026-01-02 12:00:00","198.51.100.9","443","offline"\r
# Number of entries: 2
`;
  test.each([
    ['by name', csv('dst_ip'), FEODO],
    ['by name, whatever its case', csv('DST_IP'), FEODO],
    ['by number, with a header', csv(2), FEODO],
    ['by number, without one', csv(1), '198.51.100.7,x\n198.51.100.9,y\n'],
    ['with quoted commas and line ends', csv('ip'), 'note,ip\n"a, b\nc",198.51.100.7\n"""",198.51.100.9\n'],
    ['with blanks and empty lines', csv(1), '\n 198.51.100.7 ,1\n\n198.51.100.9,2\n'],
  ])('a column %s', (_, format, text) => {
    expect(read(format, text)).toEqual(['198.51.100.7/32', '198.51.100.9/32']);
  });

  test('other indicators are counted, not blocked', () => {
    const text = `type,value
ip,198.51.100.7
domain,cafe.de
domain,dead.beef.example
url,https://198.51.100.8/x
ip:port,198.51.100.9:443
hash,d41d8cd98f00b204e9800998ecf8427e
mac,00:16:3e:00:00:01
none,
`;
    expect(read(csv('value'), text)).toEqual(['198.51.100.7/32']);
    expect(unusable(csv('value'), text)).toBe(7);
  });

  test.each([
    [
      'a column that is not there',
      csv('ip'),
      'a,b\n1,2\n',
      "f:1:1: no column 'ip' in the header; expected: one of a, b",
    ],
    ['a number past the last', csv(3), '198.51.100.7,2\n', 'f:1:1: has no column 3'],
    [
      'a record that was cut off',
      csv(1),
      '198.51.100.7,a,b\n198.51.100.9,a\n',
      'f:2:1: is no CSV (CSV_RECORD_INCONSISTENT_FIELDS_LENGTH)',
    ],
    ['a quotation that was cut off', csv(1), '198.51.100.7,"a\n198.51.100.9,"b', 'is no CSV (CSV_'],
    [
      'a record without end',
      csv(1),
      `198.51.100.7,"${'x'.repeat(70_000)}`,
      'is no CSV (CSV_MAX_RECORD_SIZE)',
    ],
    [
      'an address that was cut off',
      csv(1),
      '198.51.100.7,a\n198.51.1,a\n',
      "f:2:1: '198.51.1' is not a dotted quad",
    ],
  ])('%s is damage', (_, format, text, problem) => {
    const [code, ...problems] = read(format, text);
    expect(code).toBe('damaged');
    expect(problems.join('\n')).toContain(problem);
  });

  test('a page instead of a list holds no network', () => {
    expect(read(csv(1), '<html>\n<body>\n')[0]).toBe('empty');
  });
});

describe('hosts', () => {
  const BOILERPLATE = `127.0.0.1 localhost
255.255.255.255 broadcasthost
::1 ip6-localhost ip6-loopback
fe80::1%lo0 localhost
ff02::1 ip6-allnodes
0.0.0.0 0.0.0.0
`;
  test('real addresses count, sinkholed names and what every file has do not', () => {
    const text = `${BOILERPLATE}0.0.0.0 bad.example\n:: worse.example\n198.51.100.7 worst.example # c2\n2001:db8::7\tx y\n`;
    expect(read(HOSTS, text)).toEqual(['198.51.100.7/32', '2001:db8::7/128']);
    expect(unusable(HOSTS, text)).toBe(8);
  });

  test('names alone are counted too', () => {
    expect(unusable(HOSTS, 'bad.example\nworse_1.example.\n198.51.100.7 x\n')).toBe(2);
  });

  test('a list of names only can block nothing, and says so', () => {
    expect(read(HOSTS, '0.0.0.0 bad.example\n0.0.0.0 worse.example\n')).toEqual([
      'empty',
      'f:1:1: holds no network among 2 entries; expected: at least one address or network',
    ]);
  });

  test.each([
    ['a page', '<html>'],
    ['an address that was cut off', '198.51.1'],
    ['a network', '198.51.100.0/24 x'],
    ['a sentence', 'Too many requests!'],
  ])('%s is damage', (_, text) => {
    expect(read(HOSTS, `198.51.100.7 x\n${text}\n`).join()).toMatch(/^damaged,f:2:1: '.*' is no address/);
  });
});

describe('json', () => {
  test.each([
    ['a list of texts', json(null), '["198.51.100.7", "2001:db8::/32"]'],
    ['a list of objects', json('ip'), '[{"ip": "198.51.100.7"}, {"ip": "2001:db8::/32", "x": [1]}]'],
    [
      'an object a line',
      json('cidr'),
      '{"cidr":"198.51.100.7/32","rir":"arin"}\n{"cidr":"2001:db8::/32"}\n{"type":"metadata","records":2}\n',
    ],
    ['a text a line', json(null), '"198.51.100.7"\r\n\r\n"2001:db8::/32"'],
  ])('%s', (_, format, text) => {
    expect(read(format, text)).toEqual(['198.51.100.7/32', '2001:db8::/32']);
  });

  test('other indicators are counted', () => {
    expect(unusable(json('v'), '[{"v":"198.51.100.7"},{"v":"cafe.de"},{"x":1},{"v":null}]')).toBe(3);
  });

  test.each([
    ['a list that was cut off', json(null), '["198.51.100.7", "198.5', 'f:1:1: is no JSON, or is cut off'],
    ['a line that was cut off', json('ip'), '{"ip":"198.51.100.7"}\n{"ip":"198.5', 'f:2:1 ip: is no JSON'],
    ['one object over lines', json('ip'), '{\n"ip": "198.51.100.7"\n}', 'f:1:1 ip: is no JSON'],
    ['a number', json(null), '["198.51.100.7", 7]', 'f:1:1 [1]: is the number 7; expected: text'],
    ['a number in a field', json('ip'), '[{"ip": 7}]', 'f:1:1 [0].ip: is the number 7; expected: text'],
    [
      'objects without a field named',
      json(null),
      '[{"ip": "198.51.100.7"}]',
      'expected: text, or field in the policy',
    ],
    ['texts with a field named', json('ip'), '["198.51.100.7"]', 'expected: an object with the field ip'],
    ['an inherited field', json('constructor'), '["198.51.100.7"]', 'an object with the field constructor'],
    ['a page', json('ip'), '<html></html>', 'is no JSON'],
    ['an address that was cut off', json(null), '["198.51.1"]', "f:1:1 [0]: '198.51.1' is not a dotted quad"],
    [
      'what would fill the memory',
      json(null),
      `[${'[],'.repeat(2_000_001)}[]]`,
      'more than 2000000 objects and lists',
    ],
  ])('%s is damage', (_, format, text, problem) => {
    const [code, ...problems] = read(format, text);
    expect(code).toBe('damaged');
    expect(problems.join('\n')).toContain(problem);
  });

  test('lists within lists without end are damage, not an overflow', () => {
    expect(read(json(null), '['.repeat(1_000_000))[0]).toBe('damaged');
  });
});

describe('stix', () => {
  const indicator = (pattern: string, more: object = {}) => ({
    type: 'indicator',
    spec_version: '2.1',
    id: `indicator--${pattern}${JSON.stringify(more)}`,
    pattern_type: 'stix',
    pattern,
    valid_from: '2026-01-01T00:00:00Z',
    ...more,
  });
  const bundle = (...objects: unknown[]) => JSON.stringify({ type: 'bundle', id: 'bundle--1', objects });
  const SEVEN = "[ipv4-addr:value = '198.51.100.7']";
  const NINE = "[ipv4-addr:value = '198.51.100.9']";

  test('indicators count, other objects do not', () => {
    const text = bundle({ type: 'malware', pattern: NINE }, indicator(SEVEN), 7, null, []);
    expect(read(STIX, text)).toEqual(['198.51.100.7/32']);
    expect(unusable(STIX, text)).toBe(0);
  });

  test('a TAXII envelope has no type', () => {
    expect(read(STIX, JSON.stringify({ more: false, objects: [indicator(SEVEN)] }))).toEqual([
      '198.51.100.7/32',
    ]);
  });

  test.each([
    ['revoked', { revoked: true }],
    ['over', { valid_until: '2026-10-05T12:00:00Z' }],
    ['of an end that makes no sense', { valid_until: 'soon' }],
    ['not yet valid', { valid_from: '2026-10-05T12:00:01Z' }],
  ])('what is %s is left out', (_, more) => {
    expect(read(STIX, bundle(indicator(SEVEN), indicator(NINE, more)))).toEqual(['198.51.100.7/32']);
  });

  test('what is valid for a while longer counts', () => {
    const more = { valid_until: '2026-10-05T12:00:00.001Z', revoked: false };
    expect(read(STIX, bundle(indicator(SEVEN, more)))).toEqual(['198.51.100.7/32']);
  });

  test('of several versions of an indicator the last counts, wherever it stands', () => {
    const first = { id: 'indicator--1', modified: '2026-01-01T00:00:00Z' };
    const last = { id: 'indicator--1', modified: '2026-02-01T00:00:00Z', revoked: true };
    for (const versions of [
      [indicator(SEVEN, first), indicator(SEVEN, last)],
      [indicator(SEVEN, last), indicator(SEVEN, first)],
    ]) {
      expect(read(STIX, bundle(...versions, indicator(NINE)))).toEqual(['198.51.100.9/32']);
    }
  });

  test('other patterns are counted', () => {
    const text = bundle(
      indicator(SEVEN),
      indicator("[domain-name:value = 'bad.example']"),
      indicator('alert tcp any any', { pattern_type: 'snort' }),
      indicator('', { pattern: undefined }),
      indicator("[ipv4-addr:value = '198.51.100.7/24']"),
    );
    expect(read(STIX, text)).toEqual(['198.51.100.7/32']);
    expect(unusable(STIX, text)).toBe(4);
  });

  test.each([
    ['cut off', bundle(indicator(SEVEN)).slice(0, -9), 'f:1:1: is no JSON, or is cut off'],
    ['a list', '[]', 'f:1:1 objects: is no list; expected: a STIX bundle with objects'],
    ['without objects', '{"type":"bundle"}', 'f:1:1 objects: is no list'],
  ])('%s is damage', (_, text, problem) => {
    const [code, ...problems] = read(STIX, text);
    expect(code).toBe('damaged');
    expect(problems.join()).toContain(problem);
  });

  test('a bundle without any address is an error', () => {
    expect(read(STIX, bundle(indicator("[url:value = 'x']")))[0]).toBe('empty');
    expect(read(STIX, bundle())[0]).toBe('empty');
  });
});
