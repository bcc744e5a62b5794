import { once } from 'node:events';
import { DatabaseSync } from 'node:sqlite';
import { Worker } from 'node:worker_threads';
import { expect, test } from 'vitest';
import { LOCK_WAIT_MS } from '../../../src/ledger/connection.ts';
import { Ledger } from '../../../src/ledger/ledger.ts';
import { verify } from '../../../src/ledger/verification.ts';
import { freshPath, openLedger, openReader } from './files.ts';
import { opened } from './samples.ts';

const COUNT = 3_000;

test('a thread writes without pause while this one reads, checkpoints and verifies', {
  timeout: 60_000,
}, async () => {
  const path = freshPath();
  Ledger.open(path).close();
  const reader = openReader(path);
  const worker = new Worker(new URL('./writer-thread.ts', import.meta.url), {
    workerData: { path, count: COUNT },
  });
  const ended = once(worker, 'exit');
  const seen: number[] = [];
  let verified = 0;
  while (seen.length < COUNT) {
    for (const { seq } of reader.entries({ after: seen.length, limit: 100 })) seen.push(seq);
    reader.checkpoint();
    if (seen.length > COUNT / 2 && verified === 0) {
      const result = verify(path);
      verified = result.sound ? result.head.seq : -1;
    }
    await new Promise((resume) => setImmediate(resume));
  }
  expect(seen).toEqual(Array.from({ length: COUNT }, (_, n) => n + 1));
  expect(verified).toBeGreaterThan(COUNT / 2);
  expect(await ended).toEqual([0]);
  expect(verify(path)).toMatchObject({ sound: true, head: { seq: COUNT } });
});

test('a lock that was waited for in vain is not waited for again until it is gone', {
  timeout: 60_000,
}, () => {
  const path = freshPath();
  const ledger = openLedger(path);
  const locker = new DatabaseSync(path);
  locker.exec('BEGIN IMMEDIATE');
  const note = () => ledger.append([opened(1)], { sync: false });
  const beganAt = performance.now();
  expect(note).toThrow(/locked/);
  const waitedMs = performance.now() - beganAt;
  expect(waitedMs).toBeGreaterThan(LOCK_WAIT_MS * 0.9);
  // Waited for each time these would take a hundred times as long as the one.
  for (let i = 0; i < 100; i += 1) expect(note).toThrow(/locked/);
  expect(performance.now() - beganAt).toBeLessThan(10 * waitedMs);
  locker.exec('ROLLBACK');
  expect(note()).toHaveLength(1);
  locker.exec('BEGIN IMMEDIATE');
  const againAt = performance.now();
  expect(note).toThrow(/locked/);
  expect(performance.now() - againAt).toBeGreaterThan(LOCK_WAIT_MS * 0.9);
  locker.close();
});
