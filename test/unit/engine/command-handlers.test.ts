import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Answering, Closing, CommandName, Params, Refusal } from '../../../src/engine/commands.ts';
import { flowsOn } from '../../../src/engine/flow-page.ts';
import type { EntryText } from '../flow/entry.ts';
import { loadGood } from '../policy/sources.ts';
import { ALLOWED, Bench, HOUR, LISTED, POLICY, SPEC, VIOLATION } from './bench.ts';

const by = (id: string): Answering => ({ id, actor: 'laptop', reason: 'looked at' });
const closing = (id: string): Closing => ({ ...by(id), verdict: 'resolved', suppressForMs: null });
const enact = (prefix: string): Params<'enact'> => ({
  target: { kind: 'destination', prefix },
  ttlMs: HOUR,
  actor: 'laptop',
  reason: 'seen',
});
const OTHER = loadGood(SPEC.replace('203.0.113.0/24', '192.0.2.0/24'));

describe('commands', () => {
  let bench: Bench;

  beforeEach(async () => {
    bench = await Bench.start();
  });

  afterEach(() => {
    bench[Symbol.dispose]();
  });

  const REFUSED: [string, CommandName, object, Refusal['code'], RegExp][] = [
    ['an answer to no decision', 'approve', by('D99'), 'notFound', /no live decision D99/],
    ['an approval of what stands', 'approve', by('D1'), 'conflict', /cannot approve/],
    ['a rejection of what stands', 'reject', by('D1'), 'conflict', /cannot reject/],
    ['the end of no incident', 'closeIncident', closing('I99'), 'notFound', /no incident I99/],
    ['the end of no suppression', 'revokeSuppression', by('S99'), 'notFound', /no suppression S99/],
    ['a block of this machine', 'enact', enact('10.1.0.1/32'), 'refused', /10\.1\.0\.1/],
    ['a block too wide', 'enact', enact('198.0.0.0/8'), 'refused', /8/],
    ['a block of no address', 'enact', enact('198.51.100.300/32'), 'refused', /not a dotted quad/],
    ['a block of a prefix with host bits', 'enact', enact('192.0.2.1/24'), 'refused', /host bits/],
    [
      'a rollback to nowhere',
      'rollback',
      { to: 99, actor: 'laptop', reason: '' },
      'notFound',
      /no revision 99/,
    ],
    ['a host of no address', 'profile', { host: '10.1.0.010' }, 'refused', /leading zeros/],
    ['a host that is not known', 'profile', { host: '10.1.0.99' }, 'notFound', /10\.1\.0\.99/],
    ['flows of no address', 'flows', { host: '10.1.0.010', limit: 1 }, 'refused', /leading zeros/],
    [
      'lists of another policy',
      'refreshDenyLists',
      { policyDigest: 'other', lists: [] },
      'conflict',
      /another policy|in force/,
    ],
  ];

  it.each(REFUSED)('refuses %s and changes nothing', (_, name, params, code, message) => {
    bench.block({ kind: 'destination', prefix: '192.0.2.7/32' });
    const before = [bench.entries(), bench.elements(), bench.engine.status().decisions];
    const outcome = bench.command(name, params as Params<typeof name>);
    expect(outcome).toMatchObject({ ok: false, refusal: { code, message: expect.stringMatching(message) } });
    expect([bench.entries(), bench.elements(), bench.engine.status().decisions]).toEqual(before);
  });

  it('names the guardrail that says no', () => {
    expect(bench.command('enact', enact('10.1.0.1/32'))).toMatchObject({
      refusal: { guardrail: 'ownAddresses' },
    });
  });

  it.each<[CommandName, (bench: Bench) => object]>([
    ['enact', () => enact('192.0.2.7/32')],
    ['approve', () => by('D1')],
    ['reject', () => by('D1')],
    ['revoke', () => by('D1')],
    ['closeIncident', () => closing('I1')],
    ['applyPolicy', () => ({ policy: OTHER, actor: 'laptop', reason: '' })],
    ['rollback', () => ({ to: 1, actor: 'laptop', reason: '' })],
    ['record', () => ({ entries: [{ type: 'token.revoked', actor: 'laptop', body: { name: 'printer' } }] })],
  ])('%s does nothing that cannot be recorded', (name, params) => {
    bench.see(LISTED);
    const state = () => {
      const { ledgerError: _, ...status } = bench.engine.status();
      return [bench.entries(), bench.elements(), status];
    };
    const before = state();
    const free = bench.fillDisk();
    expect(bench.command(name, params(bench) as Params<typeof name>)).toMatchObject({
      ok: false,
      refusal: { code: 'failed', message: expect.stringContaining('not done') },
    });
    expect(bench.engine.status().ledgerError).toContain('no space');
    free();
    expect(state()).toEqual(before);
  });

  it('does not swallow a failure of its own', () => {
    vi.spyOn(bench.engine, 'status').mockImplementation(() => {
      throw new TypeError('a bug');
    });
    expect(() => bench.command('status', {})).toThrow('a bug');
  });

  it('puts another policy in force, judges what stands by it and records who did it', () => {
    bench.see(ALLOWED);
    expect(bench.engine.incidents.size).toBe(0);
    const { revision, changed } = bench.order('applyPolicy', {
      policy: OTHER,
      actor: 'laptop',
      reason: 'moved',
    });
    expect([revision > 1, changed]).toEqual([true, true]);
    expect(bench.recorded('policy.applied').at(-1)).toMatchObject({
      actor: 'laptop',
      body: { digest: OTHER.digest, previousDigest: POLICY.digest, reason: 'moved' },
    });
    expect(bench.elements().size).toBe(1);
    expect(bench.events.deleted).toHaveLength(1);
  });

  it('stores the text of a policy once', () => {
    for (const policy of [OTHER, POLICY, OTHER])
      bench.order('applyPolicy', { policy, actor: 'laptop', reason: 'to and fro' });
    expect(bench.recorded('policy.stored')).toHaveLength(2);
    expect(bench.recorded('policy.applied')).toHaveLength(4);
  });

  it('plans without changing anything', () => {
    bench.see(ALLOWED);
    const before = bench.entries();
    expect(bench.order('planPolicy', { policy: OTHER })).toMatchObject({
      changed: true,
      rules: { added: [], removed: [], changed: ['web-out'] },
      flows: { newlyDenied: 1 },
    });
    expect(bench.entries()).toEqual(before);
    expect(bench.engine.policies.digest).toBe(POLICY.digest);
  });

  it('lists flows by host, destination and verdict', () => {
    bench.see(ALLOWED, LISTED, { ...VIOLATION, translated: '192.0.2.99 8443' });
    const list = (filter: object) =>
      flowsOn(bench.order('flows', { limit: 10, ...filter })).map(
        ({ host, because }) => `${host} ${because}`,
      );
    expect(list({})).toHaveLength(3);
    expect(list({ host: '10.1.0.12' })).toEqual(['10.1.0.12 allowed by web-out']);
    expect(list({ destination: '192.0.2.99' })).toEqual(['10.1.0.10 allowed by no rule']);
    expect(list({ verdict: 'deny', host: '10.1.0.11' })).toEqual(['10.1.0.11 denied by c2']);
    expect(bench.order('flows', { limit: 1 })).toMatchObject({ truncated: true, standing: 3 });
    expect(list({ rule: 'c2' })).toEqual(['10.1.0.11 denied by c2']);
    expect(list({ port: 443, protocol: 6 })).toHaveLength(3);
    expect(list({ protocol: 17 })).toEqual([]);
    expect(flowsOn(bench.order('flows', { limit: 1, destination: '192.0.2.1' }))[0]).toMatchObject({
      translated: '192.0.2.99',
      translatedPort: 8443,
    });
  });

  it('lists flows page by page, each once, in any order, with a filter by verdict and without', () => {
    bench.see(
      ...Array.from(
        { length: 9 },
        (_, n): EntryText => ({ ...ALLOWED, from: `10.1.0.${20 + n} ${5_000 + n}` }),
      ),
      VIOLATION,
    );
    for (const filter of [
      ...[{}, { verdict: 'allow' }, { sort: 'bytes' }, { sort: 'bytesOut', protocol: 6 }],
      { sort: 'lastSeen', rule: 'web-out' },
    ] as const) {
      const hosts: string[] = [];
      let after: string | undefined;
      do {
        const page = bench.order('flows', { ...filter, limit: 4, ...(after !== undefined && { after }) });
        hosts.push(...flowsOn(page).map(({ host }) => host));
        after = page.next ?? undefined;
      } while (after !== undefined);
      expect(hosts).toHaveLength('verdict' in filter || 'rule' in filter ? 9 : 10);
      expect(new Set(hosts).size).toBe(hosts.length);
    }
  });

  it('takes fresh deny lists and judges what stands by them', () => {
    bench.see(ALLOWED);
    const lists = [
      {
        ...POLICY.denyLists[0],
        prefixes: loadGood(SPEC.replace('198.51.100.66', '203.0.113.9')).denyLists[0].prefixes,
      },
    ];
    bench.order('refreshDenyLists', { policyDigest: POLICY.digest, lists });
    expect([...bench.elements().keys()]).toEqual(['destination4 cb007109']);
  });

  it('stops with a word in the ledger and leaves the kernel as it is', () => {
    bench.see(VIOLATION);
    bench.order('stop', {});
    expect(bench.entries().at(-1)?.type).toBe('daemon.stopped');
    expect(bench.elements().size).toBe(1);
  });

  it('tells readers once for all that a turn has written', () => {
    bench.notices.length = 0;
    bench.see(VIOLATION, LISTED);
    expect(bench.notices.filter(({ notice }) => notice === 'appended')).toEqual([]);
    bench.engine.journal.announce();
    bench.engine.journal.announce();
    const { seq } = bench.engine.ledger.head;
    expect(bench.notices.filter(({ notice }) => notice === 'appended')).toEqual([
      { notice: 'appended', seq },
    ]);
  });
});
