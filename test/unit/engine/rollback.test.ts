import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Target } from '../../../src/decision/decision.ts';
import type { RollbackResult } from '../../../src/engine/commands.ts';
import type { Policy } from '../../../src/policy/policy.ts';
import { loadGood } from '../policy/sources.ts';
import { Bench, HOUR, LISTED, MINUTE, POLICY, SPEC } from './bench.ts';

const TARGET: Target = { kind: 'destination', prefix: '192.0.2.7/32' };
const OTHER: Target = { kind: 'destination', prefix: '192.0.2.8/32' };
const EDITED = loadGood(SPEC.replace('203.0.113.0/24', '192.0.2.0/24'));

type Lists = Pick<RollbackResult, 'lifted' | 'reinstated' | 'expired' | 'protected'>;

/** What happens before and after the revision that is gone back to, and what going back then does. */
const CASES: [string, (bench: Bench) => void, (bench: Bench) => void, Partial<Lists>][] = [
  ['nothing when nothing has changed', (b) => b.block(TARGET), () => {}, {}],
  ['a lift of what was made since', () => {}, (b) => b.block(TARGET), { lifted: ['D1'] }],
  [
    'a return of what was revoked since',
    (b) => b.block(TARGET),
    (b) => b.answer('revoke', 'D1'),
    { reinstated: ['D2'] },
  ],
  [
    'a return of what was rejected since',
    (b) => b.see(LISTED),
    (b) => b.answer('reject', 'D1'),
    { reinstated: ['D2'] },
  ],
  [
    'the shorter life of what was approved since',
    (b) => b.see(LISTED),
    (b) => b.answer('approve', 'D1'),
    { lifted: ['D1'], reinstated: ['D2'] },
  ],
  [
    'nothing about what has had its time',
    (b) => b.block(TARGET, MINUTE),
    (b) => b.pass(2 * MINUTE),
    { expired: ['D1'] },
  ],
  [
    'all of it at once',
    (b) => {
      b.block(TARGET);
      b.see(LISTED);
    },
    (b) => {
      b.answer('revoke', 'D1');
      b.answer('approve', 'D2');
      b.block(OTHER);
    },
    { lifted: ['D2', 'D3'], reinstated: ['D4', 'D5'] },
  ],
];

describe('rollback', () => {
  let bench: Bench;

  beforeEach(async () => {
    bench = await Bench.start();
  });

  afterEach(() => {
    bench[Symbol.dispose]();
  });

  const rollBack = (to: number) => bench.order('rollback', { to, actor: 'laptop', reason: 'worse' });
  const revision = () => bench.engine.journal.lastRevision;

  it.each(CASES)('means %s', (_, before, after, expected) => {
    before(bench);
    const to = revision();
    const then = { elements: bench.elements(), digest: bench.engine.enforcer.digest };
    after(bench);
    const result = rollBack(to);
    expect(result).toMatchObject({
      lifted: [],
      reinstated: [],
      expired: [],
      protected: [],
      policyChanged: false,
      ...expected,
    });
    const isOver = result.expired.length > 0;
    expect(bench.elements()).toEqual(isOver ? new Map() : then.elements);
    if (!isOver) expect(bench.engine.enforcer.digest).toBe(then.digest);
    expect(bench.engine.enforcer.reconcile(Date.now())).toEqual({ differences: [] });
  });

  it('is a new revision that names the old one, with intent before and outcome after', () => {
    bench.block(TARGET);
    const last = revision();
    expect(rollBack(1).revision).toBe(last + 1);
    expect(bench.engine.ledger.queries.revision(last + 1)).toMatchObject({
      kind: 'rollback',
      restoredFrom: 1,
      actor: 'laptop',
      reason: 'worse',
    });
    const types = bench.entries().map(({ type }) => type);
    expect(types.indexOf('rollback.intended')).toBeLessThan(types.lastIndexOf('decision.revoked'));
    expect(types.at(-1)).toBe('rollback.done');
  });

  it('never lengthens a block: it comes back with the end it had', () => {
    bench.block(TARGET);
    const to = revision();
    bench.answer('revoke', 'D1');
    bench.pass(40 * MINUTE);
    rollBack(to);
    expect([...bench.elements().values()]).toEqual([20 * MINUTE]);
    bench.pass(20 * MINUTE);
    expect(bench.decisions('expired')).toMatchObject([{ id: 'D2' }]);
  });

  it('waits for an answer again where it was waited for, until the same moment', () => {
    bench.see(LISTED);
    const to = revision();
    bench.answer('approve', 'D1');
    bench.pass(5 * MINUTE);
    rollBack(to);
    expect(bench.decisions('provisional')).toMatchObject([{ id: 'D2', incident: 'I1' }]);
    bench.pass(10 * MINUTE);
    expect(bench.decisions('lapsed')).toMatchObject([{ id: 'D2' }]);
  });

  it('brings the policy back and judges what stands by it', () => {
    bench.order('applyPolicy', { policy: EDITED, actor: 'laptop', reason: 'moved' });
    bench.see({ to: '192.0.2.9 443' });
    expect(bench.engine.incidents.size).toBe(0);
    expect(rollBack(1).policyChanged).toBe(true);
    expect(bench.engine.policies.digest).toBe(POLICY.digest);
    expect(bench.engine.incidents.size).toBe(1);
    expect(bench.recorded('policy.applied').at(-1)?.body.reason).toBe('rollback to revision 1: worse');
  });

  it('to a policy that finds the same fault blocks it again', () => {
    const blocked = () => [...bench.elements().keys()];
    bench.see({ to: '192.0.2.1 443' });
    const before = blocked();
    rollBack(1);
    expect(blocked()).toEqual([]);
    const policy = loadGood(`${SPEC}  neverBlock: {ports: [tcp/22]}\n`);
    bench.order('applyPolicy', { policy, actor: 'laptop', reason: 'ssh' });
    expect(blocked()).toEqual(before);
    rollBack(1);
    expect(blocked()).toEqual(before);
    expect(bench.engine.enforcer.reconcile(Date.now())).toEqual({ differences: [] });
  });

  describe('to the revision between a policy and the end of the blocks that it forbids', () => {
    const protecting = loadGood(`${SPEC}  neverBlock: {destinations: [198.51.100.66/32]}\n`);
    const apply = (policy: Policy) => bench.order('applyPolicy', { policy, actor: 'laptop', reason: 'ours' });
    let between: number;

    beforeEach(() => {
      bench.see(LISTED);
      const { revision: last } = apply(protecting);
      const [applied] = bench.engine.ledger.queries
        .revisions({ limit: 10 })
        .filter(({ kind, policyDigest }) => kind === 'policy' && policyDigest === protecting.digest);
      between = applied.number;
      expect([between < last, bench.elements().size]).toEqual([true, 0]);
    });

    it.each([
      ['that policy is in force', () => {}],
      ['another policy is in force', () => void apply(POLICY)],
    ])('does not bring them back when %s', async (_, before) => {
      before();
      expect(rollBack(between)).toMatchObject({ reinstated: [], expired: [], protected: ['D1'] });
      expect(bench.elements().size).toBe(0);
      expect(bench.recorded('decision.reinstated')).toEqual([]);
      const last = revision();
      await bench.restart();
      expect([revision(), bench.elements().size]).toEqual([last, 0]);
    });
  });

  it('can be undone by a rollback', () => {
    bench.block(TARGET);
    const to = revision();
    const before = bench.elements();
    rollBack(1);
    expect(bench.elements().size).toBe(0);
    rollBack(to);
    expect(bench.elements()).toEqual(before);
  });

  it('to a policy that cannot be read any more is refused and changes nothing', () => {
    bench.block(TARGET, HOUR);
    bench.storeUnreadablePolicy();
    const to = revision();
    const before = [bench.entries(), bench.elements()];
    expect(bench.command('rollback', { to, actor: 'laptop', reason: '' })).toMatchObject({
      ok: false,
      refusal: { code: 'refused', message: expect.stringContaining('cannot be read any more') },
    });
    expect([bench.entries(), bench.elements()]).toEqual(before);
  });
});
