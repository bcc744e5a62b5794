import { execFileSync } from 'node:child_process';
import { canonicalListing, MAX_TOLD_ELEMENTS, Nftables, RulesetMonitor, SetElements } from 'node-nftables';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Decision, Target } from '../../../src/decision/decision.ts';
import type { Change } from '../../../src/enforcement/desired-state.ts';
import { Enforcer } from '../../../src/enforcement/enforcer.ts';
import { expectedListing, KernelTable } from '../../../src/enforcement/kernel-table.ts';
import { TABLE } from '../../../src/enforcement/sets.ts';
import { ThreadNamespace } from '../../namespaces/thread.ts';

const HOUR = 3_600_000;

const TARGETS: [string, Target][] = [
  ['a destination', { kind: 'destination', prefix: '198.51.100.66/32' }],
  ['an IPv6 destination', { kind: 'destination', prefix: '2001:db8::66/128' }],
  ['a prefix', { kind: 'destination', prefix: '203.0.113.0/24' }],
  ['an IPv6 prefix', { kind: 'destination', prefix: '2001:db8:1::/48' }],
  ['all of IPv4', { kind: 'destination', prefix: '0.0.0.0/0' }],
  [
    'a TCP flow',
    { kind: 'flow', host: '10.1.0.10', destination: '198.51.100.66', service: { protocol: 6, port: 443 } },
  ],
  [
    'an ICMPv6 flow',
    { kind: 'flow', host: 'fd00:1::10', destination: '2001:db8::66', service: { protocol: 58, port: null } },
  ],
  ['a quarantine', { kind: 'host', host: '10.1.0.10', allowTo: ['10.0.0.53/32', '10.2.0.0/16'] }],
  ['an IPv6 quarantine', { kind: 'host', host: 'fd00:1::10', allowTo: ['fd00::53/128'] }],
];

function decision(id: string, target: Target, ttlMs = HOUR): Decision {
  return {
    id,
    incident: null,
    origin: { kind: 'manual', actor: 'test' },
    action: target.kind === 'host' ? 'quarantine' : 'block',
    target,
    approval: 'none',
    ttlMs,
    state: 'active',
    createdAtMs: Date.now(),
    answerByMs: null,
    expiresAtMs: Date.now() + ttlMs,
    reason: '',
    answers: [],
    enforcement: { status: 'none' },
  };
}

describe('Enforcer on the real kernel', () => {
  let namespace: ThreadNamespace;
  let nft: Nftables;
  let elements: SetElements;
  let enforcer: Enforcer;

  beforeEach(() => {
    namespace = new ThreadNamespace();
    nft = Nftables.open();
    elements = SetElements.open();
    enforcer = new Enforcer(new KernelTable(nft, elements));
    expect(enforcer.reconcile(Date.now())).toEqual({ differences: ['table inet penstock is missing'] });
  });

  afterEach(() => {
    elements.close();
    nft.close();
    namespace[Symbol.dispose]();
  });

  const listing = () => canonicalListing(nft.listTable(TABLE));
  const put = (...decisions: Decision[]) => {
    for (const each of decisions) carryOut(enforcer.expect(each));
  };
  const carryOut = (change: Change) => {
    expect(enforcer.carryOut(change, Date.now())).toEqual({ ok: true });
    expect(enforcer.verify(change, Date.now())).toEqual([]);
  };

  it('makes the table that it says it makes, so that a restart need not make it again', () => {
    expect(canonicalListing(nft.listTable(TABLE, { terse: true }))).toBe(expectedListing());
    expect(new Enforcer(new KernelTable(nft, elements)).reconcile(Date.now())).toEqual({ differences: [] });
  });

  it('takes the rules of another version out and puts ours in, and what stands does not go for a moment', () => {
    put(decision('D1', TARGETS[0][1]));
    namespace.run(
      'nft',
      'add set inet penstock older { type ipv4_addr; }; add chain inet penstock old; insert rule inet penstock forward jump old; add rule inet penstock old ip daddr @older drop',
    );
    using monitor = RulesetMonitor.open();
    new KernelTable(nft, elements).replaceRules();
    const kinds: string[] = [];
    monitor.drain(
      ({ kind, ...change }) => void kinds.push(`${'action' in change ? change.action : ''} ${kind}`),
    );
    expect(kinds).not.toContain('delete table');
    expect(kinds).not.toContain('delete element');
    expect(canonicalListing(nft.listTable(TABLE, { terse: true }))).toBe(expectedListing());
    expect(enforcer.reconcile(Date.now())).toEqual({ differences: [] });
  });

  it.each([0xf, 0x3c, 0x0f000000, 0x78000000])(
    'takes over with other bits of the mark, %i, and keeps what stands',
    (markMask) => {
      put(decision('D1', TARGETS[0][1]));
      const next = new Enforcer(new KernelTable(nft, elements, { markMask }));
      next.expect(decision('D1', TARGETS[0][1]));
      expect(next.reconcile(Date.now())).toEqual({ differences: ['table inet penstock has other rules'] });
      expect(canonicalListing(nft.listTable(TABLE, { terse: true }))).toBe(expectedListing(markMask));
      expect(
        new Enforcer(new KernelTable(nft, elements, { markMask })).reconcile(Date.now()).differences,
      ).toEqual([expect.stringMatching(/^nobody decided: destination4/)]);
    },
  );

  it.each(TARGETS)('puts %s in, finds it verified and takes it out without a trace', (_, target) => {
    const before = listing();
    const { digest } = enforcer;
    put(decision('D1', target));
    expect(enforcer.reconcile(Date.now())).toEqual({ differences: [] });
    expect(listing()).not.toBe(before);
    expect(enforcer.digest).not.toBe(digest);
    carryOut(enforcer.forget('D1'));
    expect(listing()).toBe(before);
    expect(enforcer.digest).toBe(digest);
  });

  it('gives an element the longer life of two decisions, and the shorter one back', () => {
    const [, target] = TARGETS[0];
    put(decision('D1', target, HOUR));
    const alone = listing();
    put(decision('D2', target, 5 * HOUR));
    expect(JSON.stringify(nft.listSet({ ...TABLE, table: TABLE.name, name: 'destination4' }))).toContain(
      '"timeout":18000',
    );
    carryOut(enforcer.forget('D2'));
    expect(listing()).toBe(alone);
  });

  it('cuts prefixes that overlap so that the kernel takes them', () => {
    put(decision('D1', { kind: 'destination', prefix: '203.0.113.0/24' }));
    const alone = listing();
    put(decision('D2', { kind: 'destination', prefix: '203.0.113.64/26' }, 5 * HOUR));
    put(decision('D3', { kind: 'destination', prefix: '203.0.112.0/23' }, 2 * HOUR));
    expect(enforcer.reconcile(Date.now())).toEqual({ differences: [] });
    carryOut(enforcer.forget('D3'));
    carryOut(enforcer.forget('D2'));
    expect(listing()).toBe(alone);
  });

  it.each([
    ['10.1.0.10', ['10.0.0.0/25', '192.0.2.1/32'], ['10.0.0.64/26', '10.0.0.0/24']],
    ['fd00:1::10', ['fd00::/112', 'fd00::1:0/112'], ['fd00::80/121', 'fd00::/111']],
  ])('takes the exceptions of two quarantines of %s that overlap', (host, first, second) => {
    const quarantine = (id: string, allowTo: string[], ttlMs: number): Decision => ({
      ...decision(id, { kind: 'host', host, allowTo }, ttlMs),
      coverage: {
        addresses: [],
        stations: [{ mac: '02:00:00:00:00:0a', link: 'lan', bridge: null }],
        released: [],
        gaps: [],
      },
    });
    put(quarantine('D1', first, HOUR));
    const alone = listing();
    put(quarantine('D2', second, 5 * HOUR));
    expect(enforcer.reconcile(Date.now())).toEqual({ differences: [] });
    carryOut(enforcer.forget('D2'));
    expect(listing()).toBe(alone);
  });

  it('restores what is left of a life, not the whole of it', () => {
    const half = { ...decision('D1', TARGETS[0][1]), expiresAtMs: Date.now() + HOUR / 2 };
    put(half);
    const [element] = elements.list({ ...TABLE, table: TABLE.name, name: 'destination4', type: 'ipv4_addr' });
    expect(element.timeoutMs).toBe(HOUR);
    expect(element.expiresInMs).toBeLessThanOrEqual(HOUR / 2);
    expect(element.expiresInMs).toBeGreaterThan(HOUR / 2 - 10_000);
  });

  it.each<[string, string[], RegExp[]]>([
    ['nft flush ruleset', ['flush', 'ruleset'], [/table inet penstock is missing/, /missing: destination4/]],
    ['nft delete table', ['delete', 'table', 'inet', 'penstock'], [/is missing/, /missing: flow4/]],
    ['a rule put in front', ['insert', 'rule', 'inet', 'penstock', 'forward', 'accept'], [/has other rules/]],
    ['an emptied chain', ['flush', 'chain', 'inet', 'penstock', 'judge4'], [/has other rules/]],
    [
      'an emptied set',
      ['flush', 'set', 'inet', 'penstock', 'destination4'],
      [/missing: destination4 198\.51\.100\.66/],
    ],
    [
      'an element nobody decided',
      ['add', 'element', 'inet', 'penstock', 'destination4', '{ 192.0.2.1 timeout 1h }'],
      [/nobody decided: destination4 192\.0\.2\.1/],
    ],
    [
      'an element with another life time',
      ['add', 'element', 'inet', 'penstock', 'quarantine4', '{ 10.1.0.10 timeout 9h }'],
      [/other life time: quarantine4 10\.1\.0\.10/],
    ],
  ])('mends what %s did, and says what differed', (_, command, expected) => {
    put(...TARGETS.map(([, target], i) => decision(`D${i}`, target)));
    const before = listing();
    if (command.includes('quarantine4'))
      execFileSync('nft', ['flush', 'set', 'inet', 'penstock', 'quarantine4']);
    execFileSync('nft', command);
    const { differences, error } = enforcer.reconcile(Date.now());
    expect(error).toBeUndefined();
    for (const pattern of expected) expect(differences.join('\n')).toMatch(pattern);
    expect(listing()).toBe(before);
    expect(enforcer.reconcile(Date.now())).toEqual({ differences: [] });
  });

  it('leaves the tables of others as they are', () => {
    execFileSync('nft', ['-f', '-'], {
      input: 'table inet other { set s { type ipv4_addr; elements = { 192.0.2.7 }; }; }',
    });
    const before = execFileSync('nft', ['list', 'table', 'inet', 'other']).toString();
    put(decision('D1', TARGETS[0][1]));
    execFileSync('nft', ['delete', 'table', 'inet', 'penstock']);
    enforcer.reconcile(Date.now());
    expect(execFileSync('nft', ['list', 'table', 'inet', 'other']).toString()).toBe(before);
  });

  it('puts more blocks back than a transaction may tell of, after a flush and when rules were changed', () => {
    const count = MAX_TOLD_ELEMENTS + 1;
    for (let i = 0; i < count; i += 1) {
      const prefix = `198.18.${i >> 8}.${i & 255}/32`;
      enforcer.expect(decision(`D${i}`, { kind: 'destination', prefix }));
    }
    const isAsItShouldBe = () => {
      expect(enforcer.reconcile(Date.now())).toEqual({ differences: [] });
      expect(
        elements.list({ ...TABLE, table: TABLE.name, name: 'destination4', type: 'ipv4_addr' }),
      ).toHaveLength(count);
    };
    const mended = () => {
      const { error, isUnconfirmed = false } = enforcer.reconcile(Date.now());
      expect(error).toBeUndefined();
      return isUnconfirmed ? 'to be looked at' : 'seen in the kernel';
    };
    expect(mended()).toBe('seen in the kernel');
    execFileSync('nft', ['flush', 'ruleset']);
    expect(mended()).toBe('seen in the kernel');
    isAsItShouldBe();
    // In one transaction, so that nothing is out for a moment; nobody is told of so many.
    execFileSync('nft', ['flush', 'chain', 'inet', 'penstock', 'judge4']);
    expect(mended()).toBe('to be looked at');
    isAsItShouldBe();
  });
});
