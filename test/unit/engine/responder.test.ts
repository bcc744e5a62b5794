import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Notice } from '../../../src/engine/commands.ts';
import { LedgerError } from '../../../src/ledger/errors.ts';
import type { Policy } from '../../../src/policy/policy.ts';
import { loadGood } from '../policy/sources.ts';
import { Bench, HOUR, LISTED, MINUTE, POLICY, SPEC, VIOLATION } from './bench.ts';

const VIOLATION_ELEMENT = 'flow4 0a01000ac00002010600000001bb0000';
const LISTED_ELEMENT = 'destination4 c6336442';

describe('from a finding to a block', () => {
  let bench: Bench;

  beforeEach(async () => {
    bench = await Bench.start();
  });

  afterEach(() => {
    bench[Symbol.dispose]();
  });

  const types = () => bench.entries().map(({ type }) => type);
  const since = (act: () => void) => {
    const before = bench.entries().length;
    act();
    return types().slice(before);
  };

  it('records the incident, the decision and the intent before, and the outcome after', () => {
    expect(since(() => bench.see(VIOLATION))).toEqual([
      'incident.opened',
      'decision.proposed',
      'revision.created',
      'enforcement.applied',
    ]);
    expect([...bench.elements()]).toEqual([[VIOLATION_ELEMENT, HOUR]]);
    expect(bench.decisions('active')).toMatchObject([{ id: 'D1', enforcement: { status: 'applied' } }]);
  });

  it('cuts the connection that gave rise to it', () => {
    bench.see(VIOLATION);
    expect(bench.events.deleted).toMatchObject([{ id: 1 }]);
  });

  it('says how long it took since the kernel made the event', () => {
    bench.see({ ...VIOLATION, eventAtMs: Date.now() });
    const { latency } = bench.engine;
    const told: Notice[] = [];
    for (let turn = 0; turn < 2; turn++) latency.announce((notice) => told.push(notice));
    expect(told).toEqual([{ notice: 'blocked', latencyMs: expect.any(Number) }]);
    expect(bench.engine.status().blockLatency.count).toBe(1);
  });

  it('says nothing of how long it took when the kernel refused it', () => {
    vi.spyOn(bench.kernel.elements, 'apply').mockImplementation(() => {
      throw new Error('out of memory');
    });
    bench.see({ ...VIOLATION, eventAtMs: Date.now() });
    expect(bench.decisions('active')).toMatchObject([{ enforcement: { status: 'failed' } }]);
    expect(bench.engine.status().blockLatency.count).toBe(0);
  });

  it('does not decide again while the block stands', () => {
    bench.see(VIOLATION);
    expect(since(() => bench.see({ ...VIOLATION, from: '10.1.0.10 40001', id: 2 }))).toEqual([]);
    expect(bench.events.deleted).toHaveLength(2);
  });

  it.each<[string, Policy]>([
    ['in audit mode', { ...POLICY, mode: 'audit' }],
    [
      'where the response is to alert',
      loadGood(SPEC.replace('action: block, target: flow, ttl: 1h, approval: none', 'action: alert')),
    ],
  ])('only opens an incident %s, once', (_, policy) => {
    bench.order('applyPolicy', { policy: { ...policy, digest: 'other' }, actor: 'laptop', reason: 'quiet' });
    expect(since(() => bench.see(VIOLATION))).toEqual(['incident.opened']);
    expect(since(() => bench.see({ ...VIOLATION, from: '10.1.0.10 40001', id: 2 }))).toEqual([]);
    expect(bench.elements().size).toBe(0);
  });

  it('records a veto once, however often it is met', () => {
    const gateway = { to: '203.0.113.1 80' };
    expect(since(() => bench.see(gateway))).toEqual(['incident.opened', 'decision.vetoed']);
    for (let id = 2; id < 10; id += 1) {
      bench.pass(2_000);
      bench.see({ ...gateway, id, from: `10.1.0.10 ${40_000 + id}` });
    }
    expect(bench.recorded('decision.vetoed')).toMatchObject([{ body: { guardrail: 'gateways' } }]);
    expect(bench.elements().size).toBe(0);
  });

  it('blocks what the rate guardrail let go on, once there is room again', () => {
    for (let i = 1; i <= 4; i += 1)
      bench.see({ to: `192.0.2.${i} 443`, id: i, from: `10.1.0.10 ${40_000 + i}` });
    expect(bench.recorded('decision.vetoed')).toMatchObject([{ body: { guardrail: 'rate' } }]);
    expect(bench.elements().size).toBe(3);
    bench.pass(30_000);
    expect(bench.elements().size).toBe(3);
    bench.pass(31_000);
    expect(bench.elements().size).toBe(4);
    expect(bench.recorded('decision.vetoed')).toHaveLength(1);
  });

  it('forgets what was deferred when its incident is closed', () => {
    for (let i = 1; i <= 4; i += 1)
      bench.see({ to: `192.0.2.${i} 443`, id: i, from: `10.1.0.10 ${40_000 + i}` });
    bench.order('closeIncident', {
      id: 'I4',
      actor: 'laptop',
      reason: 'known',
      verdict: 'resolved',
      suppressForMs: null,
    });
    bench.pass(61_000);
    expect(bench.elements().size).toBe(3);
  });

  it.each(['reject', 'revoke'] as const)('does not propose again what a person chose to %s', (verb) => {
    bench.see(LISTED);
    bench.answer(verb, 'D1');
    expect(bench.elements().size).toBe(0);
    bench.pass(2_000);
    bench.see({ ...LISTED, id: 2, from: '10.1.0.11 40002' });
    expect(bench.elements().size).toBe(0);
    bench.pass(4 * HOUR);
    bench.see({ ...LISTED, id: 3, from: '10.1.0.11 40003' });
    expect(bench.elements().size).toBe(1);
  });

  it('takes silence for a no', () => {
    bench.see(LISTED);
    bench.pass(15 * MINUTE);
    expect(bench.decisions('lapsed')).toHaveLength(1);
    expect(bench.elements().size).toBe(0);
    bench.see({ ...LISTED, id: 2, from: '10.1.0.11 40002' });
    expect(bench.elements().size).toBe(0);
  });

  it('proposes anew when a block has ended and the host goes on', () => {
    bench.see(VIOLATION);
    bench.pass(HOUR);
    expect(bench.decisions('expired')).toHaveLength(1);
    bench.see({ ...VIOLATION, id: 2, from: '10.1.0.10 40001' });
    expect(bench.decisions('active')).toMatchObject([{ id: 'D2' }]);
  });

  it('ends two blocks of one flow that a sleep let grow old, and leaves nothing of them', () => {
    bench.see(VIOLATION);
    const [{ target }] = bench.decisions('active');
    bench.block(target, MINUTE);
    bench.pass(2 * HOUR);
    expect(bench.decisions('expired').map(({ id }) => id)).toEqual(['D2', 'D1']);
    expect(bench.elements().size).toBe(0);
    bench.engine.chores(Date.now());
    expect(bench.recorded('drift.found')).toEqual([]);
  });

  it('ends two blocks of overlapping ranges at one moment, and leaves nothing of them', () => {
    bench.block({ kind: 'destination', prefix: '192.0.2.0/24' }, MINUTE);
    bench.block({ kind: 'destination', prefix: '192.0.2.128/25' }, MINUTE);
    bench.pass(2 * HOUR);
    expect(bench.elements().size).toBe(0);
    bench.engine.chores(Date.now());
    expect(bench.recorded('drift.found')).toEqual([]);
  });

  it('pushes nothing before an approval that is required', () => {
    const policy = loadGood(SPEC.replace('approval: provisional, holdFor: 15m', 'approval: required'));
    bench.order('applyPolicy', { policy, actor: 'laptop', reason: 'careful' });
    bench.see(LISTED);
    expect(bench.elements().size).toBe(0);
    expect(bench.events.deleted).toEqual([]);
    bench.answer('approve', 'D1');
    expect([...bench.elements()]).toEqual([[LISTED_ELEMENT, 4 * HOUR]]);
    expect(bench.events.deleted).toHaveLength(1);
  });

  it('extends a provisional block to its ttl when it is approved', () => {
    bench.see(LISTED);
    expect([...bench.elements()]).toEqual([[LISTED_ELEMENT, 15 * MINUTE]]);
    bench.pass(MINUTE);
    bench.answer('approve', 'D1');
    expect([...bench.elements()]).toEqual([[LISTED_ELEMENT, 4 * HOUR]]);
  });

  it('lifts automatic blocks that another policy protects, and leaves those of people', () => {
    bench.see(LISTED);
    bench.block({ kind: 'destination', prefix: '198.51.100.67/32' });
    const policy = loadGood(`${SPEC}  neverBlock: {destinations: [198.51.100.64/29]}\n`);
    bench.order('applyPolicy', { policy, actor: 'laptop', reason: 'our own' });
    expect([...bench.elements().keys()]).toEqual(['destination4 c6336443']);
    expect(bench.decisions('revoked')).toMatchObject([{ id: 'D1', answers: [{ actor: 'laptop' }] }]);
  });

  it('lifts with the next policy what could not be lifted, as the ledger took nothing', () => {
    bench.see(LISTED);
    const kept = '  neverBlock: {destinations: [198.51.100.64/29]}\n';
    const move = vi.spyOn(bench.engine.desk, 'move').mockImplementationOnce(() => {
      throw new LedgerError('PENSTOCK_LEDGER_FULL', 'no space is left');
    });
    const apply = (policy: Policy) => bench.order('applyPolicy', { policy, actor: 'laptop', reason: '' });
    apply(loadGood(SPEC + kept));
    expect([...bench.elements().keys()]).toEqual([LISTED_ELEMENT]);
    apply(loadGood(`\n${SPEC}${kept}`));
    expect([...bench.elements().keys()]).toEqual([]);
    apply(loadGood(`\n\n${SPEC}${kept}`));
    expect(move).toHaveBeenCalledTimes(2);
  });

  it('closes an incident that was quiet, and opens another for what comes later', () => {
    bench.see(VIOLATION);
    bench.pass(HOUR);
    expect(bench.recorded('incident.closed')).toMatchObject([{ body: { incident: { id: 'I1' } } }]);
    bench.see({ ...VIOLATION, id: 2, from: '10.1.0.10 40001' });
    expect(bench.engine.incidents.get('I2')).toBeDefined();
  });

  it('writes down how often an incident was met, not each time', () => {
    bench.see(VIOLATION);
    bench.block({ kind: 'destination', prefix: '192.0.2.200/32' });
    bench.answer('revoke', 'D1');
    for (let id = 2; id < 7; id += 1) bench.see({ ...VIOLATION, id, from: `10.1.0.10 ${40_000 + id}` });
    bench.pass(500);
    expect(bench.recorded('incident.updated')).toMatchObject([{ body: { incident: { count: 6 } } }]);
  });

  describe('when the ledger cannot be written', () => {
    it('blocks nothing, says so, and blocks with the next flow once it can', () => {
      const freeDisk = bench.fillDisk();
      bench.see(VIOLATION);
      expect(bench.elements().size).toBe(0);
      expect(bench.events.deleted).toEqual([]);
      expect(bench.log('error')).toEqual([
        expect.stringContaining('not recorded, so not done: incident.opened'),
      ]);
      expect(bench.engine.incidents.size).toBe(0);
      freeDisk();
      expect(since(() => bench.see({ ...VIOLATION, id: 2, from: '10.1.0.10 40001' }))).toContain(
        'incident.opened',
      );
      expect([...bench.elements().keys()]).toEqual([VIOLATION_ELEMENT]);
    });

    it('keeps a block that is due until its end can be recorded; the kernel lets it go', () => {
      bench.see(LISTED);
      const freeDisk = bench.fillDisk();
      bench.pass(15 * MINUTE);
      expect(bench.engine.desk.get('D1')?.state).toBe('provisional');
      expect(bench.elements().size).toBe(0);
      freeDisk();
      bench.pass(1_000);
      expect(bench.decisions('lapsed')).toHaveLength(1);
    });

    it('refuses what a person asks for and changes nothing', () => {
      bench.see(LISTED);
      const before = bench.elements();
      bench.fillDisk();
      const outcome = bench.command('approve', { id: 'D1', actor: 'laptop', reason: 'yes' });
      expect(outcome).toMatchObject({ ok: false, refusal: { code: 'failed', message: /not be recorded/ } });
      expect(bench.elements()).toEqual(before);
      expect(bench.engine.desk.get('D1')?.state).toBe('provisional');
    });
  });

  it('finds a policy that is the same as not changed', () => {
    expect(bench.order('applyPolicy', { policy: POLICY, actor: 'laptop', reason: 'again' }).changed).toBe(
      false,
    );
  });
});
