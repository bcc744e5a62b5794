import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { expect, test } from 'vitest';
import { Ledger } from '../../../src/ledger/ledger.ts';
import { verify } from '../../../src/ledger/verification.ts';
import { freshPath, openReader } from './files.ts';

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
