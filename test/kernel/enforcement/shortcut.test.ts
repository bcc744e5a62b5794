/** What takes the short way without a look at stations is what passes, or nothing: see src/enforcement/shortcut.ts. */
import { RulesetMonitor } from 'node-nftables';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Decision } from '../../../src/decision/decision.ts';
import type { Change } from '../../../src/enforcement/desired-state.ts';
import { Enforcer } from '../../../src/enforcement/enforcer.ts';
import type { Policy } from '../../../src/policy/policy.ts';
import { loadGood, NOW } from '../../unit/policy/sources.ts';
import { TunGateway } from './gateway.ts';

const HOUR = 3_600_000;

function policy(mode: Policy['mode'], allowed: string): Policy {
  const spec = `
  hostGroups: {lan: {cidrs: [10.1.0.0/24]}}
  services: {some: [{protocol: udp, ports: [1000]}]}
  rules:
    - {id: r, from: [lan], to: {cidrs: [${allowed}]}, services: [some]}
`;
  return { ...loadGood(spec), mode };
}
const FIRST = policy('enforce', '203.0.113.16/28');
const SECOND = policy('enforce', '203.0.113.32/28');
const AUDIT = policy('audit', '203.0.113.16/28');

function quarantine(id: string, mac: string): Decision {
  return {
    ...{ id, incident: null, origin: { kind: 'manual', actor: 'test' }, action: 'quarantine' },
    target: { kind: 'host', host: '10.1.0.10', allowTo: [] },
    ...{ approval: 'none', ttlMs: HOUR, state: 'active', createdAtMs: Date.now(), answerByMs: null },
    ...{ expiresAtMs: Date.now() + HOUR, reason: '', answers: [], enforcement: { status: 'none' } },
    coverage: { addresses: [], stations: [{ mac, link: 'lan', bridge: null }], released: [], gaps: [] },
  };
}
const D1 = quarantine('D1', '02:00:00:00:00:0a');
const D2 = quarantine('D2', '02:00:00:00:00:0b');

describe('the shortcut of established connections', () => {
  let gateway: TunGateway;
  beforeEach(() => {
    gateway = new TunGateway();
  });
  afterEach(() => gateway[Symbol.dispose]());

  const held = (set: 'pass' | 'shortcut') =>
    gateway.table
      .readList(set)
      .map(({ key }) => Buffer.from(key).toString('hex'))
      .toSorted();
  const carryOut = (change: Change) =>
    expect(gateway.enforcer.carryOut(change, Date.now())).toEqual({ ok: true });
  const differences = (enforcer = gateway.enforcer) => enforcer.reconcile(Date.now());

  /** Of each transaction in which elements changed, the sets that they are in. */
  function transactions(work: () => void): string[][] {
    using monitor = RulesetMonitor.open();
    const all: Set<string>[] = [];
    let open = new Set<string>();
    work();
    monitor.drain((change) => {
      if (change.kind === 'element') open.add(change.set);
      if (change.kind !== 'generation') return;
      if (open.size > 0) all.push(open);
      open = new Set();
    });
    return all.map((sets) => [...sets].toSorted());
  }

  it.each<[string, Policy, number]>([
    ['the one generation of a policy that enforces', FIRST, 1],
    ['all of one that does not', AUDIT, 16],
  ])('is for %s', (_, first, count) => {
    gateway.put(first, NOW);
    expect(held('pass')).toHaveLength(count);
    expect(held('shortcut')).toEqual(held('pass'));
    expect(differences()).toEqual({ differences: [] });
  });

  it.each([
    ['another', FIRST, SECOND],
    ['one that does not enforce', FIRST, AUDIT],
    ['one that enforces', AUDIT, FIRST],
  ])('turns with the policy to %s in one transaction', (_, before, after) => {
    gateway.put(before, NOW);
    const passed = held('pass');
    const changes = transactions(() => gateway.put(after, NOW));
    expect(held('pass')).not.toEqual(passed);
    expect(held('shortcut')).toEqual(held('pass'));
    const ofGenerations = changes.filter((sets) => sets.includes('pass') || sets.includes('shortcut'));
    expect(ofGenerations).toEqual([expect.arrayContaining(['pass', 'shortcut'])]);
  });

  it('is closed while some station is quarantined, in the transaction that quarantines it', () => {
    gateway.put(FIRST, NOW);
    const quarantined = transactions(() => carryOut(gateway.enforcer.expect(D1)));
    expect(quarantined).toEqual([expect.arrayContaining(['shortcut', 'station'])]);
    expect(held('shortcut')).toEqual([]);
    carryOut(gateway.enforcer.expect(D2));
    carryOut(gateway.enforcer.forget('D1'));
    gateway.put(SECOND, NOW);
    expect(held('shortcut')).toEqual([]);
    expect(differences()).toEqual({ differences: [] });
    const released = transactions(() => carryOut(gateway.enforcer.forget('D2')));
    expect(released).toEqual([expect.arrayContaining(['shortcut', 'station'])]);
    expect(held('shortcut')).toEqual(held('pass'));
    expect(differences()).toEqual({ differences: [] });
  });

  it('that somebody opened is closed again, and one that somebody closed is opened', () => {
    gateway.put(FIRST, NOW);
    carryOut(gateway.enforcer.expect(D1));
    gateway.namespace.run('nft', 'add element inet penstock shortcut { 0x10000000, 0x20000000 }');
    const { differences: opened } = differences();
    expect(opened).toHaveLength(2);
    for (const each of opened) expect(each).toMatch(/^nobody decided: shortcut /);
    expect(held('shortcut')).toEqual([]);
    carryOut(gateway.enforcer.forget('D1'));
    gateway.namespace.run('nft', 'flush set inet penstock shortcut');
    expect(differences().differences).toEqual([expect.stringMatching(/^missing: shortcut /)]);
    expect(held('shortcut')).toEqual(held('pass'));
  });

  it('takes out what is there when a station comes, whoever put it there', () => {
    gateway.put(FIRST, NOW);
    gateway.namespace.run('nft', 'add element inet penstock shortcut { 0x20000000 }');
    carryOut(gateway.enforcer.expect(D1));
    expect(held('shortcut')).toEqual([]);
  });

  it.each([
    ['that enforces', FIRST],
    ['that does not', AUDIT],
  ])('is opened by the first policy after an older version, %s, and is no difference', (_, standing) => {
    gateway.put(standing, NOW);
    gateway.namespace.run(
      'nft',
      'flush chain inet penstock forward; flush chain inet penstock input; delete set inet penstock shortcut; add set inet penstock short { type nf_proto; }; add element inet penstock short { ipv4, ipv6 }; add rule inet penstock forward meta nfproto @short accept',
    );
    const next = new Enforcer(gateway.table);
    expect(differences(next)).toEqual({ differences: ['table inet penstock has other rules'] });
    gateway.put(standing, NOW, gateway.newAllowlist(next));
    expect(held('shortcut')).toEqual(held('pass'));
    expect(differences(next)).toEqual({ differences: [] });
  });
});
