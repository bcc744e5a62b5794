import { once } from 'node:events';
import { getPriority } from 'node:os';
import { Worker } from 'node:worker_threads';
import { expect, it } from 'vitest';

it('one thread goes first, the others as before', async () => {
  const before = getPriority(0);
  const [{ priority, slice }] = await once(
    new Worker(new URL('./priority-thread.ts', import.meta.url)),
    'message',
  );
  expect(priority).toBe(-10);
  expect(slice ?? '100000').toBe('100000');
  expect(getPriority(0)).toBe(before);
});
