import { beforeEach, describe, expect, it } from 'vitest';
import { ActiveDecisions } from '../../../src/decision/active-decisions.ts';
import { Cutter } from '../../../src/engine/cutter.ts';
import type { InForce } from '../../../src/engine/policy-keeper.ts';
import { TrafficJudge } from '../../../src/engine/traffic-judge.ts';
import { FlowTable } from '../../../src/flow/flow-table.ts';
import { causeOf } from '../../../src/incident/finding.ts';
import { compilePolicy } from '../../../src/policy/compiled-policy.ts';
import { decisionOf, destinationTarget } from '../decision/fixtures.ts';
import { type EntryText, entry } from '../flow/entry.ts';
import { loadGood, NOW } from '../policy/sources.ts';
import { ALLOWED, LISTED, SPEC, VIOLATION } from './bench.ts';
import { FakeEvents } from './fake-conntrack.ts';

const LIMITED = SPEC.replace(
  'services: [https]}',
  'services: [https], limits: {concurrentConnections: 2, bytesOut: {max: 1KiB, per: 1h}}}',
);

function inForce(spec: string): InForce {
  const policy = loadGood(spec);
  return { policy, compiled: compilePolicy(policy) };
}

describe('TrafficJudge', () => {
  let table: FlowTable;
  let active: ActiveDecisions;
  let events: FakeEvents;
  let judge: TrafficJudge;
  let findings: string[];

  beforeEach(() => {
    table = new FlowTable({ isOurs: () => false, maxFlows: 100 });
    active = new ActiveDecisions();
    events = new FakeEvents();
    findings = [];
    const cutter = new Cutter(events, table, { log: () => {} });
    judge = new TrafficJudge(active, cutter, (_, finding, eventAtMs) => {
      findings.push(`${causeOf(finding)} ${eventAtMs}`);
    });
  });

  const change = (spec: string) => judge.changePolicy(inForce(spec), table, NOW);
  const see = (text: EntryText) => {
    const seen = entry(text);
    table.observe(seen, NOW, (report) => judge.take(report, seen, NOW));
  };
  const nth = (id: number, more: EntryText = {}): EntryText => ({
    ...ALLOWED,
    from: `10.1.0.12 ${id}`,
    id,
    ...more,
  });

  it.each<[string, EntryText, string[]]>([
    ['allowed traffic', ALLOWED, []],
    ['what no rule allows', { ...VIOLATION, eventAtMs: 5 }, ['policyViolation 5']],
    ['what a deny list holds', LISTED, ['denyList 0']],
    [
      'an allowed destination that NAT moves to a listed one',
      { ...ALLOWED, translated: '198.51.100.66 443' },
      ['denyList 0'],
    ],
    ['what others open to us', { from: '192.0.2.1 1', to: '10.1.0.10 22' }, []],
    ['what passes by', { from: '192.0.2.1 1', to: '192.0.2.2 22' }, []],
  ])('judges %s once', (_, text, expected) => {
    change(SPEC);
    see(text);
    see({ ...text, event: 'update', replied: true });
    expect(findings).toEqual(expected);
  });

  it('judges nothing before a policy is in force', () => {
    see(VIOLATION);
    expect(findings).toEqual([]);
  });

  it('cuts what slipped in before a block that stands, and finds nothing new in it', () => {
    change(SPEC);
    active.put(decisionOf(destinationTarget('192.0.2.1/32')));
    see(VIOLATION);
    expect(findings).toEqual([]);
    expect(events.deleted).toMatchObject([{ id: 1 }]);
  });

  it('does not cut what has ended', () => {
    change(SPEC);
    active.put(decisionOf(destinationTarget('192.0.2.1/32')));
    see({ ...VIOLATION, event: 'destroy' });
    expect(events.deleted).toEqual([]);
  });

  it('counts connections under the rule that allows them, until they end', () => {
    change(LIMITED);
    for (const id of [1, 2]) see(nth(id));
    expect(findings).toEqual([]);
    see(nth(3));
    expect(findings).toEqual(['limit 0']);
    for (const id of [2, 3]) see(nth(id, { event: 'destroy' }));
    see(nth(4));
    expect(findings).toHaveLength(1);
  });

  it('counts bytes as they go', () => {
    change(LIMITED);
    see(nth(1));
    see(nth(1, { event: 'update', counters: [600, 1, 0, 0] }));
    expect(findings).toEqual([]);
    see(nth(1, { event: 'update', counters: [1_200, 2, 0, 0] }));
    expect(findings).toEqual(['limit 0']);
  });

  describe('when the policy changes', () => {
    it('judges all that stands anew', () => {
      change(SPEC);
      see(ALLOWED);
      change(SPEC.replace('203.0.113.0/24', '192.0.2.0/24'));
      expect(findings).toEqual(['policyViolation 0']);
    });

    it('sees anew whose traffic it is', () => {
      change(SPEC);
      see({ from: '10.9.0.1 1', to: '192.0.2.1 443' });
      expect(findings).toEqual([]);
      change(SPEC.replace('10.1.0.0/24', '10.0.0.0/8'));
      expect(findings).toEqual(['policyViolation 0']);
    });

    it('goes on counting what stands under a rule that stays', () => {
      change(LIMITED);
      for (const id of [1, 2]) see(nth(id));
      change(LIMITED.replace('reason: known', 'reason: well known'));
      expect(findings).toEqual([]);
      see(nth(3));
      expect(findings).toEqual(['limit 0']);
    });

    it('counts what stands under the rule that allows it now, and takes its end from there', () => {
      change(LIMITED);
      for (const id of [1, 2]) see(nth(id));
      change(LIMITED.replace('id: web-out', 'id: web-new'));
      see(nth(3));
      expect(findings).toEqual(['limit 0']);
      for (const id of [1, 2]) see(nth(id, { event: 'destroy' }));
      see(nth(4));
      expect(findings).toHaveLength(1);
    });

    it('counts the end of a connection under no rule that no longer allows it', () => {
      change(LIMITED);
      for (const id of [1, 2]) see(nth(id));
      const both = LIMITED.replace(
        '  denyLists:',
        '    - {id: other, from: [web], to: {cidrs: [192.0.2.0/24]}, services: [https]}\n  denyLists:',
      );
      const narrowed = both.replace('203.0.113.0/24', '203.0.113.128/25');
      change(narrowed);
      findings.length = 0;
      for (const id of [1, 2]) see(nth(id, { event: 'destroy' }));
      for (const id of [5, 6]) see(nth(id, { to: '203.0.113.200 443' }));
      expect(findings).toEqual([]);
      see(nth(7, { to: '203.0.113.200 443' }));
      expect(findings).toEqual(['limit 0']);
    });

    it('does not mistake a flow for one that had its place before', () => {
      change(LIMITED);
      see(nth(1));
      see(nth(1, { event: 'destroy' }));
      see({ ...VIOLATION, id: 9 });
      findings.length = 0;
      see({ ...VIOLATION, id: 9, event: 'update', counters: [5_000, 5, 0, 0] });
      expect(findings).toEqual([]);
    });
  });
});
