import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Bench, HOUR } from './bench.ts';
import { DESTINATIONS } from './elements.ts';

const TARGET = { kind: 'destination', prefix: '192.0.2.7/32' } as const;
const ELEMENT = 'destination4 c0000207';

describe('KernelKeeper', () => {
  let bench: Bench;

  beforeEach(async () => {
    bench = await Bench.start();
    bench.block(TARGET);
    hear();
  });

  afterEach(() => {
    bench[Symbol.dispose]();
  });

  const hear = () => bench.engine.keeper.onAnnouncements(Date.now());
  const drift = () =>
    bench
      .entries()
      .filter(({ type }) => type.startsWith('drift'))
      .map(({ type }) => type);

  it('mends at once what somebody else did, and records it', () => {
    bench.deleteTable();
    hear();
    expect(drift()).toEqual(['drift.found', 'drift.repaired']);
    expect(bench.recorded('drift.found')[0].body.differences.slice(0, 2)).toEqual([
      'table inet penstock is missing',
      'missing: destination4 192.0.2.7',
    ]);
    expect([...bench.elements()]).toEqual([[ELEMENT, HOUR]]);
    expect(bench.engine.status().kernel).toMatchObject({ table: 'in-place', driftRepairs: 1 });
    hear();
    expect(drift()).toHaveLength(2);
  });

  it('takes out what nobody decided', () => {
    bench.stranger.elements.add(DESTINATIONS, [{ key: Uint8Array.of(192, 0, 2, 9), timeoutMs: HOUR }]);
    hear();
    expect(bench.recorded('drift.repaired')[0].body.differences).toEqual([
      'nobody decided: destination4 192.0.2.9',
    ]);
    expect([...bench.elements().keys()]).toEqual([ELEMENT]);
  });

  it('reads back the sets that a change of ours was about, and leaves the others alone', () => {
    const other = { ...DESTINATIONS, name: 'destination6', type: 'ipv6_addr' };
    bench.stranger.elements.add(DESTINATIONS, [{ key: Uint8Array.of(192, 0, 2, 9), timeoutMs: HOUR }]);
    bench.stranger.elements.add(other, [{ key: new Uint8Array(16).fill(9), timeoutMs: HOUR }]);
    bench.engine.keeper.checkSets(['destination4'], Date.now());
    expect(bench.recorded('drift.repaired').map(({ body }) => body.differences)).toEqual([
      ['nobody decided: destination4 192.0.2.9'],
    ]);
  });

  it('does not look after changes of our own, or of other tables', () => {
    const look = vi.spyOn(bench.engine.enforcer, 'reconcile');
    bench.block({ kind: 'destination', prefix: '192.0.2.8/32' });
    bench.stranger.nft.run([{ add: { table: { family: 'inet', name: 'other' } } }]);
    hear();
    expect(look).not.toHaveBeenCalled();
  });

  it('looks when announcements were lost', () => {
    bench.deleteTable();
    bench.nft.loseAnnouncements();
    hear();
    expect(bench.elements().size).toBe(1);
  });

  it('looks soon when what was lost wakes nobody', () => {
    bench.deleteTable();
    bench.nft.loseAnnouncements();
    bench.engine.keeper.periodic(Date.now());
    expect(bench.elements().size).toBe(1);
  });

  it('looks now and then without an announcement', () => {
    const look = vi.spyOn(bench.engine.enforcer, 'reconcile');
    bench.pass(29_000);
    expect(look).not.toHaveBeenCalled();
    bench.pass(1_000);
    expect(look).toHaveBeenCalledOnce();
    expect(drift()).toEqual([]);
    expect(bench.engine.status().kernel.verifiedAtMs).toBe(Date.now());
  });

  it('looks again soon when it mended and has not seen it in the kernel', () => {
    const apply = bench.kernel.elements.apply.bind(bench.kernel.elements);
    vi.spyOn(bench.kernel.elements, 'apply').mockImplementationOnce((...args) => apply(...args) && false);
    bench.stranger.elements.delete(DESTINATIONS, [{ key: Uint8Array.of(192, 0, 2, 7) }]);
    hear();
    const look = vi.spyOn(bench.engine.enforcer, 'reconcile');
    bench.pass(2_000);
    expect(look).toHaveBeenCalledOnce();
    expect(look).toHaveReturnedWith({ differences: [] });
  });

  it('works out what elements have left when the kernel gets them, however long the look took', () => {
    const { elements } = bench.kernel;
    const capture = elements.captureTable.bind(elements);
    vi.spyOn(elements, 'captureTable').mockImplementationOnce((table) => {
      bench.sleep(8_000);
      return capture(table);
    });
    bench.deleteTable();
    hear();
    expect([...bench.elements().values()]).toEqual([HOUR - 8_000]);
  });

  it('looks again soon when mending took so long that what was made ends too late', () => {
    const { elements } = bench.kernel;
    const restore = elements.restoreTable.bind(elements);
    vi.spyOn(elements, 'restoreTable').mockImplementationOnce((...args) => {
      bench.sleep(8_000);
      return restore(...args);
    });
    bench.deleteTable();
    hear();
    expect([...bench.elements().values()]).toEqual([HOUR]);
    bench.pass(1_000);
    expect([...bench.elements().values()]).toEqual([HOUR - 9_000]);
  });

  it('records that it could not mend, and mends when it can', () => {
    bench.deleteTable();
    const allow = bench.refuseRuleset();
    hear();
    expect(drift()).toEqual(['drift.found', 'drift.failed']);
    expect(bench.engine.status().kernel).toMatchObject({
      table: 'failed',
      error: 'restore table: no',
      driftRepairs: 0,
    });
    allow();
    bench.pass(30_000);
    expect(drift().slice(2)).toEqual(['drift.found', 'drift.repaired']);
    expect(bench.engine.status().kernel).toMatchObject({ table: 'in-place', driftRepairs: 1 });
    expect(bench.elements().size).toBe(1);
  });

  it('mends although the ledger cannot be written, and says so', () => {
    bench.deleteTable();
    bench.fillDisk();
    hear();
    expect(bench.elements().size).toBe(1);
    expect(bench.log('error')).toEqual([expect.stringContaining('drift not recorded')]);
  });

  it('mends one element without looking at the others', () => {
    bench.block({ kind: 'destination', prefix: '192.0.2.8/32' });
    hear();
    const list = vi.spyOn(bench.kernel.elements, 'list');
    bench.stranger.elements.delete(DESTINATIONS, [{ key: Uint8Array.of(192, 0, 2, 7) }]);
    hear();
    expect(list).not.toHaveBeenCalled();
    expect(bench.elements().size).toBe(2);
    expect(bench.recorded('drift.repaired')[0].body.differences).toEqual(['missing: destination4 192.0.2.7']);
  });

  it('names who it was, at once and in a fight, which is recorded as one', () => {
    const by = { processId: 1, processName: 'nft' };
    for (let i = 0; i < 12; i += 1) {
      bench.deleteTable();
      hear();
      bench.pass(2_000);
      expect(bench.elements().size).toBe(1);
    }
    expect(bench.recorded('drift.found').map(({ body }) => body.by)).toEqual(Array(5).fill([by]));
    expect(bench.recorded('drift.contested').map(({ body }) => body)).toEqual([
      { harms: 6, by: [by], maxPauseMs: 2_000 },
    ]);
    expect(bench.engine.status().kernel).toMatchObject({ driftRepairs: 12, contestedBy: ['nft'] });
    bench.pass(60_000);
    expect(bench.recorded('drift.settled')[0].body).toMatchObject({ harms: 12, by: [by] });
    expect(bench.engine.status().kernel).not.toHaveProperty('contestedBy');
  });
});
