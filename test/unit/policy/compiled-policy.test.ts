import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseAddress } from '../../../src/address/address.ts';
import { parsePrefix } from '../../../src/address/prefix.ts';
import { compilePolicy } from '../../../src/policy/compiled-policy.ts';
import { packPrefixes } from '../../../src/policy/prefix-packing.ts';
import { moment, policy, question } from './any-policy.ts';
import { referenceVerdict } from './reference.ts';
import { flow, loadGood, NOW } from './sources.ts';

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
