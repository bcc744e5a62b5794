import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { addressBits, type Prefix } from '../../../../src/address/address.ts';
import {
  formatPrefix,
  lastAddress,
  maskAddress,
  parsePrefix,
  prefixContains,
} from '../../../../src/address/prefix.ts';
import type { FeedFormat } from '../../../../src/policy/feed/feed.ts';
import { parseFeed, parseFeedBytes } from '../../../../src/policy/feed/parser.ts';
import { RESERVED } from '../../../../src/policy/feed/reserved.ts';
import { prefixesOf } from '../../../../src/policy/prefix-columns.ts';
import { address } from '../../address/arbitrary.ts';
import { orderOf, read } from './orders.ts';

const TEXT: FeedFormat = { name: 'text' };
const GOOD = '198.51.100.7';

describe('what must never be listed', () => {
  test.each([
    [
      'everything',
      '0.0.0.0/0',
      'f:2:1: 0.0.0.0/0 is wider than /8; expected: no such entry, or onUnsafe: skip',
    ],
    ['everything of IPv6', '::/0', '::/0 is wider than /16'],
    ['a network that is too wide', '198.0.0.0/7', '198.0.0.0/7 is wider than /8'],
    ['everything as a range', '0.0.0.0-255.255.255.255', '0.0.0.0/0 is wider than /8'],
    ['private space', '10.77.0.0/16', '10.77.0.0/16 is private or reserved space (10.0.0.0/8)'],
    ['one private address', '192.168.1.1', '192.168.1.1/32 is private or reserved space (192.168.0.0/16)'],
    ['a network around private space', '172.0.0.0/8', 'private or reserved space (172.16.0.0/12)'],
    ['unique local space', 'fd00::1', 'private or reserved space (fc00::/7)'],
    ["the provider's shared space", '100.64.0.1', 'private or reserved space (100.64.0.0/10)'],
    ['loopback', '127.0.0.1', 'private or reserved space (127.0.0.0/8)'],
    ['loopback of IPv6', '::1', 'private or reserved space (::1/128)'],
    ['no address', '0.0.0.0', 'private or reserved space (0.0.0.0/8)'],
    ['link-local', 'fe80::1', 'private or reserved space (fe80::/10)'],
    ['multicast', '224.0.0.251', 'private or reserved space (224.0.0.0/4)'],
    ['broadcast', '255.255.255.255', 'private or reserved space (240.0.0.0/4)'],
    ['what is never to be blocked', '9.9.9.9', '9.9.9.9/32 is never to be blocked (9.9.9.9/32)'],
    ['a network around it', '9.9.9.0/24', '9.9.9.0/24 is never to be blocked (9.9.9.9/32)'],
    ['the same of IPv6', '2620:fe::/48', 'is never to be blocked (2620:fe::fe/128)'],
  ])('%s: the whole content is refused, or that entry is left out', (_, entry, problem) => {
    const text = `${GOOD}\n${entry}\n`;
    const [code, ...problems] = read(TEXT, text);
    expect(code).toBe('poisoned');
    expect(problems.join('\n')).toContain(problem);
    expect(read(TEXT, text, { onUnsafe: 'skip' })).toEqual([`${GOOD}/32`]);
  });

  test('what is just wide enough is listed', () => {
    expect(read(TEXT, '198.0.0.0/8')).toEqual(['198.0.0.0/8']);
    expect(read(TEXT, '2a00::/16')).toEqual(['2a00::/16']);
    expect(read(TEXT, '198.0.0.0/8', { widestPrefix: { ipv4: 9, ipv6: 16 } })[0]).toBe('poisoned');
  });

  test('what is ours is left out and told, whatever the policy says', () => {
    const text = `${GOOD}\n192.0.2.9\n3fff:77::/32\n`;
    for (const onUnsafe of ['refuse', 'skip'] as const) {
      const parsed = parseFeed(text, orderOf(TEXT, { onUnsafe }));
      expect(parsed).toMatchObject({
        ok: true,
        prefixes: { length: 1 },
        leftOut: {
          count: 2,
          alarming: ['192.0.2.9/32 is ours (192.0.2.0/24)', '3fff:77::/32 is ours (3fff:77::/48)'].slice(
            0,
            2,
          ),
        },
      });
    }
  });

  test('of what is left out on purpose only what a person must know is told', () => {
    const text = `${GOOD}\n10.0.0.0/8\n9.9.9.9\n`;
    expect(parseFeed(text, orderOf(TEXT, { onUnsafe: 'skip' }))).toMatchObject({
      leftOut: { count: 2, alarming: ['9.9.9.9/32 is never to be blocked (9.9.9.9/32)'] },
    });
  });

  test('a host group that is everything says nothing about what is ours', () => {
    const order = orderOf(TEXT);
    const own = [parsePrefix('0.0.0.0/0')];
    expect(parseFeed(GOOD, { ...order, protected: { neverBlock: [], own } })).toMatchObject({
      leftOut: { count: 0 },
    });
  });

  test('half of the Internet in narrow pieces is too much', () => {
    const pieces = (count: number) => Array.from({ length: count }, (_, i) => `${i}.0.0.0/8`).join('\n');
    expect(read(TEXT, pieces(223), { onUnsafe: 'skip' }).join()).toMatch(
      /^poisoned,.*more than half of the Internet/,
    );
    expect(read(TEXT, pieces(128), { onUnsafe: 'skip' }).length).toBeGreaterThan(100);
  });
});

describe('limits', () => {
  const addresses = (count: number) =>
    Array.from({ length: count }, (_, i) => `198.51.${i >> 8}.${i & 255}`).join('\n');

  test('as many networks as allowed, and one more', () => {
    expect(read(TEXT, addresses(1_000))).toHaveLength(1_000);
    expect(read(TEXT, addresses(1_001))).toEqual([
      'tooMany',
      'f:1:1: holds more than 1000 networks; expected: fewer, or maxPrefixes',
    ]);
  });

  test('a range counts by the networks it takes', () => {
    expect(read(TEXT, '2001:db8::1 - 2001:db9::', { maxPrefixes: 20 })[0]).toBe('tooMany');
  });

  test('a hundred problems are enough', () => {
    const problems = read(TEXT, 'x\n'.repeat(100_000));
    expect(problems).toHaveLength(101);
  });
});

describe('whatever the content', () => {
  const formats: FeedFormat[] = [
    { name: 'text' },
    { name: 'hosts' },
    { name: 'stix' },
    { name: 'csv', column: 'ip' },
    { name: 'csv', column: 1 },
    { name: 'json', field: null },
    { name: 'json', field: 'ip' },
  ];
  const network = fc
    .tuple(address, fc.nat(128))
    .map(([of, length]): Prefix => {
      const bits = Math.min(length, addressBits(of.family));
      return { address: maskAddress(of, bits), length: bits };
    })
    .map(formatPrefix);
  const written: Record<FeedFormat['name'], (networks: string[]) => string> = {
    text: (networks) => networks.join('\n'),
    hosts: (networks) => networks.map((each) => `${each.split('/')[0]} x`).join('\n'),
    csv: (networks) => `ip,note\n${networks.map((each) => `${each},"a, b"\n`).join('')}`,
    json: (networks) => JSON.stringify(networks.map((ip) => ({ ip }))),
    stix: (networks) =>
      JSON.stringify({
        objects: networks.map((each) => ({ type: 'indicator', pattern: `[ipv4-addr:value = '${each}']` })),
      }),
  };
  /** A sound content, damaged in one place. */
  const damaged = fc
    .tuple(
      fc.array(network, { maxLength: 12 }),
      fc.constantFrom(...formats),
      fc.nat(400),
      fc.nat(400),
      fc.string(),
    )
    .map(([networks, format, at, length, text]) => {
      const whole = written[format.name](networks);
      return { format, text: whole.slice(0, at) + text + whole.slice(at + length) };
    });
  const anything = fc.record({ format: fc.constantFrom(...formats), text: fc.string({ unit: 'binary' }) });

  test('nothing is thrown, and what comes out keeps the limits', () => {
    const property = fc.property(
      fc.oneof(damaged, anything),
      fc.constantFrom('refuse' as const, 'skip' as const),
      fc.integer({ min: 1, max: 5 }),
      ({ format, text }, onUnsafe, maxPrefixes) => {
        const order = orderOf(format, { onUnsafe, maxPrefixes });
        const parsed = parseFeed(text, order);
        if (!parsed.ok) {
          expect(parsed.problems.length).toBeGreaterThan(0);
          return;
        }
        const prefixes = [...prefixesOf(parsed.prefixes)];
        expect(prefixes.length).toBeGreaterThan(0);
        expect(prefixes.length).toBeLessThanOrEqual(maxPrefixes);
        const never = [...RESERVED, ...order.protected.neverBlock, ...order.protected.own];
        for (const prefix of prefixes) {
          expect(prefix.length).toBeGreaterThanOrEqual(prefix.address.family === 4 ? 8 : 16);
          expect(never.filter((kept) => overlap(kept, prefix)).map(formatPrefix)).toEqual([]);
        }
        const ordered = prefixes
          .slice(1)
          .every((prefix, i) => !prefixContains(prefixes[i], lastAddress(prefix)));
        expect(ordered).toBe(true);
      },
    );
    fc.assert(property, { numRuns: 1_000 });
  });

  test('no bytes are too wild', () => {
    const property = fc.property(
      fc.uint8Array({ maxLength: 200 }),
      fc.constantFrom(...formats),
      (bytes, format) => {
        parseFeedBytes(bytes, orderOf(format));
      },
    );
    fc.assert(property, { numRuns: 300 });
  });

  const overlap = (x: Prefix, y: Prefix) => prefixContains(x, y.address) || prefixContains(y, x.address);
});
