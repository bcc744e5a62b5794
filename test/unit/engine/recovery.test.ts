import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { KernelTable } from '../../../src/enforcement/kernel-table.ts';
import { EngineError } from '../../../src/engine/errors.ts';
import type { EntryDraft } from '../../../src/ledger/entry.ts';
import { LedgerError } from '../../../src/ledger/errors.ts';
import { loadGood } from '../policy/sources.ts';
import { Bench, HOUR, LISTED, MINUTE, POLICY, SPEC, VIOLATION } from './bench.ts';

const LISTED_ELEMENT = 'destination4 c6336442';
const EDITED = loadGood(SPEC.replace('203.0.113.0/24', '192.0.2.0/24'));

describe('from the ledger to a running engine', () => {
  let bench: Bench;

  beforeEach(async () => {
    bench = await Bench.start();
  });

  afterEach(() => {
    bench[Symbol.dispose]();
  });

  const digest = () => bench.engine.policies.digest;

  it('goes on where it was, with a kernel that kept everything', async () => {
    bench.see(LISTED, VIOLATION);
    const before = bench.elements();
    const { revision } = bench.engine.status().policy;
    await bench.restart();
    expect(bench.elements()).toEqual(before);
    expect(bench.engine.status()).toMatchObject({
      decisions: { pending: 0, provisional: 1, active: 1 },
      openIncidents: 2,
      policy: { digest: POLICY.digest, revision },
    });
    expect(bench.recorded('drift.found')).toEqual([]);
  });

  it('brings blocks back after a boot with the time they have left', async () => {
    bench.see(VIOLATION);
    bench.kill();
    bench.deleteTable();
    bench.sleep(20 * MINUTE);
    await bench.launch();
    expect([...bench.elements().values()]).toEqual([40 * MINUTE]);
  });

  it('ends what was due while nobody looked', async () => {
    bench.see(LISTED, VIOLATION);
    bench.kill();
    bench.sleep(HOUR);
    await bench.launch();
    expect(bench.elements().size).toBe(0);
    expect([bench.decisions('lapsed').length, bench.decisions('expired').length]).toEqual([1, 1]);
  });

  it('makes what an empty kernel and a foreign one lack, and takes out what nobody decided', async () => {
    bench.see(LISTED);
    bench.kill();
    const table = new KernelTable(bench.stranger.nft, bench.stranger.elements);
    table.install();
    await bench.launch();
    expect([...bench.elements().keys()]).toEqual([LISTED_ELEMENT]);
  });

  it('gives an intent without an outcome its outcome', async () => {
    bench.failAfterIntent();
    bench.see(LISTED);
    expect(bench.recorded('decision.proposed')).toEqual([]);
    await bench.restart();
    expect(bench.recorded('decision.proposed')).toMatchObject([
      { body: { decision: { id: 'D1', enforcement: { status: 'pending' } } } },
    ]);
    expect(bench.decisions('provisional')).toMatchObject([{ enforcement: { status: 'applied' } }]);
    expect(bench.recorded('enforcement.applied')).toHaveLength(1);
  });

  it('makes the revision of an intent without an outcome, once', async () => {
    bench.failAfterIntent();
    bench.see(LISTED);
    const before = bench.recorded('revision.created').length;
    for (let start = 0; start < 2; start++) {
      await bench.restart();
      const made = bench.recorded('revision.created').slice(before);
      expect(made).toMatchObject([
        { body: { revision: { kind: 'decision', reason: 'D1 as the last run left it' } } },
      ]);
      const [applied] = bench.recorded('enforcement.applied');
      expect(made[0].seq).toBe(applied.seq - 1);
      expect(bench.engine.journal.lastRulesetDigest).toBe(bench.engine.enforcer.digest);
    }
  });

  it('makes it also where the ruleset is what it was: of blocks that were to keep their time though the clock was set', async () => {
    bench.block({ kind: 'destination', prefix: '192.0.2.1/32' });
    const before = bench.recorded('revision.created').length;
    bench.failAfterIntent();
    bench.jump(HOUR);
    bench.pass(2_000);
    for (let start = 0; start < 2; start++) {
      await bench.restart();
      expect(bench.recorded('decision.rescheduled')).toHaveLength(1);
      expect(bench.recorded('revision.created').slice(before)).toHaveLength(1);
    }
  });

  it('finishes a rollback that was cut short', async () => {
    const intent: EntryDraft = {
      type: 'rollback.intended',
      actor: 'laptop',
      body: {
        revision: 2,
        restoredFrom: 1,
        policyChanged: false,
        lifted: [],
        reinstated: [],
        expired: [],
        protected: [],
        reason: 'because',
      },
    };
    bench.order('record', { entries: [intent] });
    await bench.restart();
    expect(bench.recorded('rollback.done')).toMatchObject([{ actor: 'laptop', body: { restoredFrom: 1 } }]);
    await bench.restart();
    expect(bench.recorded('rollback.done')).toHaveLength(1);
  });

  it('remembers a no', async () => {
    bench.see(LISTED);
    bench.answer('reject', 'D1');
    await bench.restart();
    bench.pass(2_000);
    bench.see({ ...LISTED, id: 2, from: '10.1.0.11 40002' });
    expect(bench.elements().size).toBe(0);
  });

  it('remembers that nobody answered', async () => {
    bench.see(LISTED);
    bench.pass(15 * MINUTE);
    await bench.restart();
    bench.see({ ...LISTED, id: 2, from: '10.1.0.11 40002' });
    expect(bench.elements().size).toBe(0);
  });

  it('does not lengthen a no by starting anew', async () => {
    bench.see(LISTED);
    bench.pass(15 * MINUTE);
    bench.kill();
    bench.sleep(4 * HOUR);
    await bench.launch();
    bench.see({ ...LISTED, id: 2, from: '10.1.0.11 40002' });
    expect([...bench.elements().keys()]).toEqual([LISTED_ELEMENT]);
  });

  it('counts the last no about a target', async () => {
    bench.see(LISTED);
    bench.answer('reject', 'D1');
    bench.pass(HOUR);
    bench.block({ kind: 'destination', prefix: '198.51.100.66/32' }, 4 * HOUR);
    bench.answer('revoke', 'D2');
    await bench.restart();
    bench.sleep(3 * HOUR + MINUTE);
    bench.see({ ...LISTED, id: 2, from: '10.1.0.11 40002' });
    expect(bench.elements().size).toBe(0);
  });

  it('tells the whole of what stood before, as the ledger has it, whatever was answered meanwhile', async () => {
    bench.see(LISTED, VIOLATION);
    bench.block({ kind: 'host', host: '10.1.0.12', allowTo: [] });
    const before = [...bench.decisions('active'), ...bench.decisions('provisional')];
    await bench.restart();
    const live = () => bench.engine.desk.live().toSorted((x, y) => x.id.localeCompare(y.id));
    expect(live()).toEqual(before.toSorted((x, y) => x.id.localeCompare(y.id)));
    bench.answer('approve', 'D1');
    await bench.restart();
    expect(bench.engine.desk.counts).toEqual({ pending: 0, provisional: 0, active: 3 });
    expect(live()).toEqual(bench.decisions('active').toSorted((x, y) => x.id.localeCompare(y.id)));
  });

  it('ends what stood before when its time is over, though the ledger would not tell of it at first', async () => {
    bench.see(LISTED, VIOLATION);
    await bench.restart();
    const { queries } = bench.engine.ledger;
    const read = vi.spyOn(queries, 'decision').mockImplementation(() => {
      throw new LedgerError('PENSTOCK_LEDGER_IO', 'ledger: read: the disk is gone');
    });
    bench.pass(25 * HOUR);
    expect(bench.log('error')).toEqual(['cannot end D1: ledger: read: the disk is gone']);
    expect(bench.engine.desk.active.size).toBe(2);
    read.mockRestore();
    bench.pass(MINUTE);
    expect(bench.engine.desk.counts).toEqual({ pending: 0, provisional: 0, active: 0 });
    expect(bench.decisions('active')).toEqual([]);
  });

  it('numbers incidents and decisions on', async () => {
    bench.see(LISTED);
    await bench.restart();
    bench.see(VIOLATION);
    expect(bench.engine.desk.get('D2')?.incident).toBe('I2');
  });

  it('records what was wrong with the file and keeps the last good policy', async () => {
    await bench.restart({ policyProblems: ['policy.yaml:3:1: unknown field'] });
    expect(digest()).toBe(POLICY.digest);
    expect(bench.recorded('policy.refused')).toMatchObject([
      { body: { problems: ['policy.yaml:3:1: unknown field'] } },
    ]);
  });

  describe('which policy is in force', () => {
    it('an edited file', async () => {
      await bench.restart({ policy: EDITED });
      expect(digest()).toBe(EDITED.digest);
      expect(bench.recorded('policy.applied').at(-1)).toMatchObject({ actor: 'file' });
    });

    it('the last one applied, when the file was not edited since it was read', async () => {
      bench.order('applyPolicy', { policy: EDITED, actor: 'laptop', reason: 'over the API' });
      await bench.restart({ policy: POLICY });
      expect(digest()).toBe(EDITED.digest);
    });

    it('that of a rollback, when the file was not edited since', async () => {
      await bench.restart({ policy: EDITED });
      bench.order('rollback', { to: 1, actor: 'laptop', reason: 'worse' });
      await bench.restart({ policy: EDITED });
      expect(digest()).toBe(POLICY.digest);
    });

    it('the last one, not the default that nobody named', async () => {
      await bench.restart({ policy: EDITED, policyActor: 'default' });
      expect(digest()).toBe(POLICY.digest);
    });

    it('the one from the file, when the one in the ledger cannot be read any more', async () => {
      bench.storeUnreadablePolicy();
      await bench.restart({ policy: EDITED });
      expect(digest()).toBe(EDITED.digest);
      expect(bench.log('error')).toEqual([expect.stringContaining('cannot be read any more')]);
    });

    it('none: it does not start', async () => {
      bench.storeUnreadablePolicy();
      bench.kill();
      await expect(bench.launch()).rejects.toThrow(EngineError);
      await bench.launch({ policy: POLICY });
      expect(digest()).toBe(POLICY.digest);
    });
  });

  it('does not start on a kernel that refuses the table', async () => {
    bench.kill();
    bench.deleteTable();
    const refusal = bench.refuseRuleset();
    await expect(bench.launch()).rejects.toMatchObject({
      code: 'PENSTOCK_ENGINE_START',
      message: 'install table: no',
    });
    refusal();
    await bench.launch();
    expect(digest()).toBe(POLICY.digest);
  });

  it('does not start on a decision that cannot be enforced', async () => {
    const [decision] = [bench.block({ kind: 'destination', prefix: '192.0.2.7/32' })];
    const broken = { ...decision, target: { kind: 'destination', prefix: 'nowhere' } } as const;
    const draft: EntryDraft = { type: 'enforcement.applied', actor: 'x', body: { decision: broken } };
    bench.order('record', { entries: [draft] });
    bench.kill();
    await expect(bench.launch()).rejects.toThrow(/D1 in the ledger cannot be enforced/);
  });
});
