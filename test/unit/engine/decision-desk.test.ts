import { channel } from 'node:diagnostics_channel';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Entry } from '../../../src/ledger/entry.ts';
import { verify } from '../../../src/ledger/verification.ts';
import { decision } from '../ledger/samples.ts';
import { Bench, HOUR, LISTED, MINUTE, VIOLATION } from './bench.ts';
import { DESTINATIONS } from './elements.ts';

const TARGET = { kind: 'destination', prefix: '192.0.2.7/32' } as const;
const ELEMENT = 'destination4 c0000207';

describe('DecisionDesk', () => {
  let bench: Bench;

  beforeEach(async () => {
    bench = await Bench.start();
  });

  afterEach(() => {
    bench[Symbol.dispose]();
  });

  const refuseElements = () =>
    vi.spyOn(bench.kernel.elements, 'apply').mockImplementation(() => {
      throw new Error('out of memory');
    });

  it('announces each step when it is done, and not before', () => {
    const seen: [unknown, boolean, number][] = [];
    const take = (message: unknown) => {
      const { step } = message as { step: string };
      seen.push([step, bench.elements().size > 0, bench.recorded('enforcement.applied').length]);
    };
    channel('penstock:step').subscribe(take);
    bench.see(VIOLATION);
    channel('penstock:step').unsubscribe(take);
    expect(seen).toEqual([
      ['recorded', false, 0],
      ['enforced', true, 0],
      ['cut', true, 0],
      ['settled', true, 1],
    ]);
  });

  it('cuts connections only once the element is in', () => {
    const orders: string[] = [];
    bench.events.answer = () => {
      orders.push(`deleted with ${bench.elements().size} elements`);
      return 'deleted';
    };
    bench.see(LISTED);
    expect(orders).toEqual(['deleted with 1 elements']);
  });

  it('cuts nothing when a block is lifted', () => {
    bench.see(LISTED);
    bench.answer('reject', 'D1');
    expect(bench.events.deleted).toHaveLength(1);
  });

  it('records what the kernel refused; the next look mends it', () => {
    const refusal = refuseElements();
    const decision = bench.block(TARGET);
    expect(decision.enforcement).toMatchObject({ status: 'failed', error: 'change elements: out of memory' });
    expect(bench.recorded('enforcement.failed')).toMatchObject([{ body: { change: 'add' } }]);
    expect(bench.engine.desk.active.size).toBe(1);
    refusal.mockRestore();
    bench.pass(30_000);
    expect([...bench.elements().keys()]).toEqual([ELEMENT]);
  });

  it('finds what the kernel took and did not keep', () => {
    const silent = vi.spyOn(bench.kernel.elements, 'apply').mockImplementationOnce(() => false);
    bench.block(TARGET);
    expect(silent).toHaveBeenCalledTimes(2);
    expect([...bench.elements().keys()]).toEqual([ELEMENT]);
    expect(bench.recorded('drift.repaired')).toHaveLength(1);
  });

  it('takes the place of an element that somebody left there', () => {
    bench.stranger.elements.add(DESTINATIONS, [{ key: Uint8Array.of(192, 0, 2, 7), timeoutMs: MINUTE }]);
    bench.block(TARGET);
    expect([...bench.elements()]).toEqual([[ELEMENT, HOUR]]);
  });

  it('takes back what it expected when the intent cannot be recorded', () => {
    const { digest } = bench.engine.enforcer;
    const free = bench.fillDisk();
    bench.command('enact', { target: TARGET, ttlMs: HOUR, actor: 'laptop', reason: 'seen' });
    free();
    expect(bench.engine.enforcer.digest).toBe(digest);
    expect(bench.engine.desk.live()).toEqual([]);
    expect(bench.engine.enforcer.reconcile(Date.now())).toEqual({ differences: [] });
    expect(bench.elements().size).toBe(0);
  });

  it('keeps a block that can no longer be recorded, says so, makes no more, and records it when it can', () => {
    const free = bench.failAfterIntent();
    bench.see(VIOLATION);
    expect(bench.elements().size).toBe(1);
    expect(bench.log('error')).toEqual([expect.stringContaining('an outcome was not recorded')]);
    bench.see(LISTED);
    expect(bench.elements().size).toBe(1);
    expect(bench.log('error')).toEqual([
      expect.anything(),
      expect.stringContaining('not recorded, so not done'),
    ]);
    free();
    bench.pass(5_000);
    expect(bench.decisions('active')).toMatchObject([{ id: 'D1', enforcement: { status: 'applied' } }]);
    // And what had to wait for it.
    expect(bench.recorded('enforcement.applied').map(({ subject }) => subject)).toEqual(['D1', 'D3']);
    expect(bench.engine.journal.lastRevision).toBe(bench.engine.ledger.queries.latestRevision()?.number);
    expect(verify(join(bench.folder, 'ledger.db')).sound).toBe(true);
  });

  it('leaves a block that could not be recorded to the next start, once', async () => {
    const free = bench.failAfterIntent();
    bench.see(VIOLATION);
    expect(bench.elements().size).toBe(1);
    expect(bench.decisions('active')).toEqual([]);
    bench.kill();
    free();
    await bench.launch();
    expect(bench.decisions('active')).toMatchObject([{ id: 'D1', enforcement: { status: 'applied' } }]);
    await bench.restart();
    expect(bench.recorded('decision.proposed')).toHaveLength(1);
    expect(bench.elements().size).toBe(1);
    expect(verify(join(bench.folder, 'ledger.db')).sound).toBe(true);
  });

  it('records what is too long to be intended before the kernel is changed', () => {
    const intend = vi.spyOn(bench.engine.ledger, 'intend');
    const { elements } = bench.kernel;
    const apply = elements.apply.bind(elements);
    let before: Entry[] = [];
    vi.spyOn(elements, 'apply').mockImplementationOnce((...change) => {
      before = bench.entries();
      return apply(...change);
    });
    const atMs = Date.now();
    const reason = 'r'.repeat(70_000);
    const after = decision(1, {
      reason,
      target: TARGET,
      state: 'active',
      answerByMs: null,
      expiresAtMs: atMs + HOUR,
    });
    const move = { type: 'decision.proposed', before: undefined, after } as const;
    bench.engine.desk.move([move], { actor: 'penstock', atMs, sync: false });
    expect(intend).toHaveReturnedWith(false);
    expect(before.slice(-2).map(({ type }) => type)).toEqual(['decision.proposed', 'revision.created']);
    expect(
      bench
        .entries()
        .slice(before.length)
        .map(({ type }) => type),
    ).toEqual(['enforcement.applied']);
    expect([...bench.elements().keys()]).toEqual([ELEMENT]);
  });

  it("records the outcome of a person's word when the ledger takes entries again", () => {
    const free = bench.failAfterIntent();
    bench.block(TARGET);
    expect(bench.recorded('enforcement.applied')).toEqual([]);
    free();
    bench.pass(5_000);
    expect(bench.recorded('enforcement.applied').map(({ subject }) => subject)).toEqual(['D1']);
    expect(bench.engine.journal.failure).toBeUndefined();
  });

  it('makes one revision of each move, that names the policy and the table', () => {
    const before = bench.engine.journal.lastRevision;
    bench.block(TARGET);
    const [revision] = bench.engine.ledger.queries.revisions({ limit: 1 });
    expect(revision).toMatchObject({
      number: before + 1,
      kind: 'decision',
      actor: 'laptop',
      reason: 'D1 proposed',
      policyDigest: bench.engine.policies.digest,
      rulesetDigest: bench.engine.enforcer.digest,
    });
  });

  it('numbers decisions on from the last ever made', async () => {
    bench.block(TARGET);
    bench.answer('revoke', 'D1');
    await bench.restart();
    expect(bench.block(TARGET).id).toBe('D2');
  });
});
