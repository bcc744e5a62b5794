import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, it, vi } from 'vitest';
import { LedgerError } from '../../../src/ledger/errors.ts';
import { loadGood } from '../policy/sources.ts';
import { Bench, MINUTE, SPEC, VIOLATION } from './bench.ts';

it('a ledger is said to take entries again when it does, and not before', async () => {
  using bench = await Bench.start();
  const again = () => bench.log('info').filter((line) => line.includes('takes entries again'));
  const locker = new DatabaseSync(join(bench.folder, 'ledger.db'));
  locker.exec('BEGIN IMMEDIATE');
  bench.pass(500);
  expect(bench.engine.journal.failure).toMatch(/another process holds it locked/);
  bench.see(VIOLATION);
  for (let i = 0; i < 3; i += 1) {
    // Nothing to record is nothing recorded.
    bench.engine.journal.write([], { sync: false });
    bench.pass(MINUTE);
  }
  expect(again()).toEqual([]);
  expect(bench.elements().size).toBe(0);
  locker.close();
  bench.pass(MINUTE);
  expect(again()).toHaveLength(1);
  expect(bench.engine.journal.failure).toBeUndefined();
  // What was not done for want of a record is done now.
  expect(bench.elements().size).toBe(1);
});

it('a block that the policy protects is lifted when the ledger takes entries again, if it did not then', async () => {
  using bench = await Bench.start();
  bench.see(VIOLATION);
  expect(bench.elements().size).toBe(1);
  const protecting = loadGood(`${SPEC}  neverBlock: {destinations: [192.0.2.1/32]}\n`);
  const { ledger } = bench.engine;
  const append = ledger.append.bind(ledger);
  // The policy is recorded, and then the disk is full.
  let left = 1;
  const spy = vi.spyOn(ledger, 'append').mockImplementation((drafts, options) => {
    if (left-- > 0) return append(drafts, options);
    throw new LedgerError('PENSTOCK_LEDGER_FULL', 'ledger: append: no space is left');
  });
  bench.order('applyPolicy', { policy: protecting, actor: 'laptop', reason: 'theirs' });
  expect(bench.elements().size).toBe(1);
  spy.mockRestore();
  bench.pass(6_000);
  expect(bench.elements().size).toBe(0);
  expect(bench.decisions('revoked')).toHaveLength(1);
});
