import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Address, ipv4, ipv6, type Prefix, parseAddress } from '../../../src/address/address.ts';
import { formatPrefix, maskAddress, parsePrefix } from '../../../src/address/prefix.ts';
import { compilePolicy } from '../../../src/policy/compiled-policy.ts';
import type { Policy } from '../../../src/policy/policy.ts';
import { packPrefixes } from '../../../src/policy/prefix-packing.ts';
import type { FlowQuestion } from '../../../src/policy/verdict.ts';
import { referenceVerdict } from './reference.ts';
import { flow, loadGood, NOW } from './sources.ts';

/** Addresses from a small corner of each family, so that networks overlap and flows hit them. */
const fours = fc.integer({ min: 0, max: 63 }).map((n) => ipv4(0x0a010000 + (n >> 3) * 0x10000 + (n & 7)));
const sixes = fc.integer({ min: 0, max: 63 }).map((n) => ipv6(0x20010db8, n >> 4, (n >> 2) & 3, n & 3));
const special = fc
  .constantFrom(
    '224.0.0.251',
    '127.0.0.1',
    '169.254.1.1',
    '239.1.1.1',
    '255.255.255.255',
    '0.0.0.0',
    'ff02::1',
    'fe80::1',
    '::1',
    'ff05::1',
    '::',
  )
  .map(parseAddress);
const address: fc.Arbitrary<Address> = fc.oneof(
  { weight: 6, arbitrary: fours },
  { weight: 6, arbitrary: sixes },
  { weight: 1, arbitrary: special },
);
const prefix: fc.Arbitrary<Prefix> = fc
  .tuple(
    address,
    fc.constantFrom(0, 8, 12, 13, 16, 29, 30, 31, 32),
    fc.constantFrom(0, 32, 62, 64, 94, 96, 126, 127, 128),
  )
  .map(([network, four, six]) => {
    const length = network.family === 4 ? four : six;
    return { address: maskAddress(network, length), length };
  });
const prefixes = (minLength: number) =>
  fc.array(prefix, { minLength, maxLength: 4 }).map((list) => list.map(formatPrefix));
/** Single addresses: wide ones here would leave nothing to allow. */
const narrow = fc.array(
  address.map((network) => formatPrefix({ address: network, length: network.family === 4 ? 32 : 128 })),
  { minLength: 1, maxLength: 3 },
);
const names = (list: readonly string[]) => fc.subarray([...list], { minLength: 1 });

const service = fc.constantFrom(
  [{ protocol: 'tcp', ports: [443] }],
  [{ protocol: 'tcp', ports: ['1-65535'] }],
  [
    { protocol: 'udp', ports: [53, '50-55'] },
    { protocol: 'tcp', ports: ['440-443', 80] },
  ],
  [{ protocol: 'any' }],
  [{ protocol: 'gre' }],
);
const schedule = fc.record({
  timezone: fc.constant('UTC'),
  days: names(['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun']),
  start: fc.constantFrom('00:00', '06:30', '22:00'),
  end: fc.constantFrom('06:00', '12:15', '24:00'),
});
const NAMES = ['x', 'y', 'z'];
const named = <T>(value: fc.Arbitrary<T>) => fc.tuple(value, value, value).map(([x, y, z]) => ({ x, y, z }));
const icmp = fc.constantFrom(
  [],
  [
    { family: 'ipv4', types: ['echo-request'] },
    { family: 'ipv6', types: [128, 1] },
  ],
);
const rule = fc.record({
  from: names(NAMES),
  to: fc.record({ sets: fc.subarray(NAMES), cidrs: prefixes(1) }),
  services: names(NAMES),
  icmp,
  schedule: fc.option(fc.constantFrom(...NAMES), { nil: undefined }),
  expires: fc.option(fc.constantFrom('2026-10-05T00:00:00Z', '2026-10-07T12:00:00Z'), { nil: undefined }),
});

const policy: fc.Arbitrary<Policy> = fc
  .record({
    hostGroups: named(fc.record({ cidrs: prefixes(1), except: narrow })),
    addressSets: named(fc.record({ cidrs: prefixes(1), except: narrow })),
    services: named(service),
    schedules: named(schedule),
    rules: fc.array(rule, { minLength: 1, maxLength: 8 }),
    denyLists: fc.array(narrow, { maxLength: 2 }),
  })
  .map(({ rules, denyLists, ...rest }) => {
    const spec = {
      ...rest,
      rules: rules.map((fields, i) => ({ id: `r${i}`, ...fields })),
      denyLists: denyLists.map((cidrs, i) => ({ id: `d${i}`, cidrs })),
    };
    const fields = Object.entries(spec).map(([name, value]) => `  ${name}: ${JSON.stringify(value)}\n`);
    return loadGood(fields.join(''));
  });

const port = fc.constantFrom(0, 53, 80, 443, 443, 8080);

/** Mostly of one family, as real flows are. */
function questionOf(
  host: fc.Arbitrary<Address>,
  destination: fc.Arbitrary<Address>,
): fc.Arbitrary<FlowQuestion> {
  const end = fc.tuple(
    fc.oneof({ weight: 8, arbitrary: destination }, { weight: 1, arbitrary: special }),
    port,
  );
  return fc
    .record({
      direction: fc.constantFrom('outbound', 'outbound', 'outbound', 'outbound', 'inbound', 'foreign'),
      protocol: fc.constantFrom(1, 6, 6, 6, 17, 47, 58),
      host,
      asked: end,
      went: fc.option(end, { freq: 1 }),
      icmpType: fc.constantFrom(0, 1, 8, 128),
      icmpCode: fc.constantFrom(0, 3),
    })
    .map(({ asked: [destination, destinationPort], went, ...rest }) => {
      const [translated, translatedPort] = went ?? [destination, destinationPort];
      return { ...rest, destination, destinationPort, translated, translatedPort } as FlowQuestion;
    });
}
const question = fc.oneof(questionOf(fours, fours), questionOf(sixes, sixes), questionOf(address, address));
const moment = fc
  .integer({ min: 0, max: 7 * 24 * 4 })
  .map((quarter) => Date.parse('2026-10-05T00:00:00Z') + quarter * 900_000);

describe('the compiled matcher', () => {
  test('says what the reference says, for any policy, flow and moment', () => {
    const seen = new Map<string, number>();
    fc.assert(
      fc.property(
        policy,
        fc.array(fc.tuple(question, moment), { minLength: 100, maxLength: 100 }),
        (given, flows) => {
          const compiled = compilePolicy(structuredClone(given));
          for (const [asked, atMs] of flows) {
            const verdict = compiled.evaluate(asked, atMs);
            expect(verdict).toEqual(referenceVerdict(given, asked, atMs));
            seen.set(verdict.kind, (seen.get(verdict.kind) ?? 0) + 1);
            // A violation is explained by no rule that allows, an allowed flow by the rule that does.
            const [first] = compiled.explain(asked, atMs);
            if (verdict.kind === 'allow') expect(first).toContain(`rule ${verdict.rule}`);
            else expect(first).not.toBe('');
          }
        },
      ),
      { numRuns: 100 },
    );
    // The property is worth something only where every kind of verdict is met.
    for (const kind of ['allow', 'deny', 'exempt']) expect(seen.get(kind)).toBeGreaterThan(200);
  }, 60_000);

  test('an order of rules and lists changes no verdict kind', () => {
    fc.assert(
      fc.property(policy, fc.array(question, { minLength: 30, maxLength: 30 }), (given, flows) => {
        const turned = { ...given, rules: given.rules.toReversed(), denyLists: given.denyLists.toReversed() };
        const [one, other] = [compilePolicy(given), compilePolicy(turned)];
        for (const asked of flows) {
          const [x, y] = [one.evaluate(asked, NOW), other.evaluate(asked, NOW)];
          expect(y.kind).toBe(x.kind);
          if (x.kind === 'deny' && y.kind === 'deny') expect(y.cause).toBe(x.cause);
        }
      }),
      { numRuns: 60 },
    );
  }, 60_000);

  test('host groups tell which addresses are ours', () => {
    const compiled = compilePolicy(
      loadGood(
        '  hostGroups: {a: {cidrs: [10.0.0.0/8], except: [10.9.0.0/16]}, b: {cidrs: [10.1.0.0/16, "fd00::/8"]}}\n',
      ),
    );
    const groups = (text: string) => compiled.groupsOf(parseAddress(text));
    expect(groups('10.1.2.3')).toEqual(['a', 'b']);
    expect(groups('10.2.0.1')).toEqual(['a']);
    expect(groups('fd12::1')).toEqual(['b']);
    expect(groups('10.9.0.1')).toEqual([]);
    expect(compiled.isOurs(parseAddress('10.9.255.255'))).toBe(false);
    expect(compiled.isOurs(parseAddress('10.10.0.0'))).toBe(true);
    expect(compiled.isOurs(parseAddress('11.0.0.0'))).toBe(false);
    expect(compiled.isOurs(parseAddress('::a00:1'))).toBe(false);
  });

  test('the last address of each family is found', () => {
    const compiled = compilePolicy(
      loadGood(
        '  hostGroups: {a: {cidrs: [255.255.255.255/32, "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"]}}\n',
      ),
    );
    expect(compiled.isOurs(parseAddress('255.255.255.255'))).toBe(true);
    expect(compiled.isOurs(parseAddress('255.255.255.254'))).toBe(false);
    expect(compiled.isOurs(parseAddress('ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff'))).toBe(true);
    expect(compiled.isOurs(parseAddress('ffff:ffff:ffff:ffff:ffff:ffff:ffff:fffe'))).toBe(false);
  });

  test('verdicts are shared and frozen', () => {
    const compiled = compilePolicy(loadGood('  hostGroups: {a: {cidrs: [10.0.0.0/8]}}\n'));
    const one = compiled.evaluate(flow('10.0.0.1', '192.0.2.1:443/tcp'), NOW);
    expect(compiled.evaluate(flow('10.0.0.2', '192.0.2.9:22/tcp'), NOW)).toBe(one);
    expect(Object.isFrozen(one)).toBe(true);
  });
});

describe('NAT: both ends are judged', () => {
  const compiled = compilePolicy(
    loadGood(`  hostGroups: {a: {cidrs: [10.0.0.0/8]}}
  services: {https: [{protocol: tcp, ports: [443, 3128]}]}
  rules:
    - {id: web, from: [a], to: {cidrs: [203.0.113.0/24]}, services: [https]}
    - {id: proxy, from: [a], to: {cidrs: [10.0.0.80/32]}, services: [https]}
  denyLists: [{id: bad, cidrs: [203.0.113.66/32, 198.51.100.66/32], reason: known bad}]
`),
  );
  test.each([
    ['203.0.113.1:443/tcp', '10.0.0.80', 3128, { kind: 'allow', rule: 'web' }],
    ['203.0.113.1:443/tcp', '10.0.0.81', 3128, { kind: 'deny', cause: 'policyViolation' }],
    ['203.0.113.1:443/tcp', '10.0.0.80', 22, { kind: 'deny', cause: 'policyViolation' }],
    ['192.0.2.1:443/tcp', '203.0.113.1', 443, { kind: 'deny', cause: 'policyViolation' }],
    ['203.0.113.66:443/tcp', '10.0.0.80', 3128, { kind: 'deny', list: 'bad' }],
    ['192.0.2.1:443/tcp', '198.51.100.66', 443, { kind: 'deny', list: 'bad' }],
    ['203.0.113.1:443/tcp', '127.0.0.1', 3128, { kind: 'allow', rule: 'web' }],
    ['192.0.2.1:443/tcp', '127.0.0.1', 3128, { kind: 'deny', cause: 'policyViolation' }],
    ['169.254.169.254:443/tcp', '203.0.113.1', 443, { kind: 'allow', rule: 'web' }],
    ['169.254.169.254:443/tcp', '192.0.2.1', 443, { kind: 'deny', cause: 'policyViolation' }],
    ['169.254.169.254:443/tcp', '127.0.0.1', 80, { kind: 'exempt', reason: 'linkScope' }],
  ])('%s to %s:%d', (probe, translated, translatedPort, verdict) => {
    const asked = flow('10.0.0.1', probe, { translated: parseAddress(translated), translatedPort });
    expect(compiled.evaluate(asked, NOW)).toMatchObject(verdict);
  });
});

describe('destinations of link scope', () => {
  const compiled = compilePolicy(loadGood('  hostGroups: {a: {cidrs: [10.0.0.0/8, "fd00::/8"]}}\n'));
  test.each([
    ['127.0.0.1', true],
    ['126.255.255.255', false],
    ['128.0.0.0', false],
    ['169.253.255.255', false],
    ['169.254.0.0', true],
    ['169.254.255.255', true],
    ['169.255.0.0', false],
    ['223.255.255.255', false],
    ['224.0.0.0', true],
    ['224.0.0.255', true],
    ['224.0.1.0', false],
    ['239.255.255.250', false],
    ['255.255.255.255', true],
    ['255.255.255.254', false],
    ['0.0.0.0', false],
    ['::1', true],
    ['::', false],
    ['::2', false],
    ['0:0:1::1', false],
    ['fe7f::1', false],
    ['fe80::1', true],
    ['febf::1', true],
    ['fec0::1', false],
    ['ff01::1', true],
    ['ff02::fb', true],
    ['ff12::1', true],
    ['ff32::1', true],
    ['ff05::2', false],
    ['ff0e::1', false],
  ])('%s: %s', (text, exempt) => {
    const host = text.includes(':') ? 'fd00::1' : '10.0.0.1';
    const probe = text.includes(':') ? `[${text}]:5353/udp` : `${text}:5353/udp`;
    expect(compiled.evaluate(flow(host, probe), NOW).kind).toBe(exempt ? 'exempt' : 'deny');
  });
});

describe('never-block', () => {
  const { neverBlock } = compilePolicy(
    loadGood(
      '  neverBlock: {destinations: [10.0.0.53/32, "2001:db8::/32"], sources: [10.0.0.1/32], ports: [tcp/22, udp/53-54]}\n',
    ),
  );
  test.each([
    ['10.0.0.53/32', true],
    ['10.0.0.0/24', true],
    ['10.0.0.54/32', false],
    ['0.0.0.0/0', true],
    ['2001:db8:1::/48', true],
    ['2001::/16', true],
    ['2001:db9::/32', false],
  ])('blocking %s would touch a protected destination: %s', (text, kept) => {
    expect(neverBlock.destination(parsePrefix(text))).toBe(kept);
  });

  test('sources and ports', () => {
    expect(neverBlock.source(parsePrefix('10.0.0.0/24'))).toBe(true);
    expect(neverBlock.source(parsePrefix('10.0.0.2'))).toBe(false);
    expect(
      [
        [6, 22],
        [17, 53],
        [17, 54],
      ].map(([protocol, port]) => neverBlock.port(protocol, port)),
    ).toEqual([true, true, true]);
    expect(
      [
        [17, 22],
        [6, 53],
        [17, 55],
      ].map(([protocol, port]) => neverBlock.port(protocol, port)),
    ).toEqual([false, false, false]);
  });
});

test('fresh deny lists take the place of the old ones', () => {
  const policy = loadGood(
    '  hostGroups: {a: {cidrs: [10.0.0.0/8]}}\n  denyLists: [{id: d, cidrs: [192.0.2.1]}]\n',
  );
  const compiled = compilePolicy(policy);
  const cause = (probe: string) => compiled.evaluate(flow('10.0.0.1', probe), NOW);
  expect(cause('192.0.2.1:1/tcp')).toMatchObject({ cause: 'denyList' });
  compiled.replaceDenyLists([{ ...policy.denyLists[0], prefixes: packPrefixes([parsePrefix('192.0.2.2')]) }]);
  expect(cause('192.0.2.1:1/tcp')).toMatchObject({ cause: 'policyViolation' });
  expect(cause('192.0.2.2:1/tcp')).toMatchObject({ cause: 'denyList', list: 'd' });
});
