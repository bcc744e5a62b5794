import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, it } from 'vitest';
import { Bench, MINUTE, VIOLATION } from './bench.ts';

it('a ledger is said to take entries again when it does, and not before', async () => {
  using bench = await Bench.start();
  const again = () => bench.log('info').filter((line) => line.includes('takes entries again'));
  const locker = new DatabaseSync(join(bench.folder, 'ledger.db'));
  locker.exec('BEGIN IMMEDIATE');
  bench.see(VIOLATION);
  expect(bench.engine.journal.failure).toMatch(/locked/);
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
