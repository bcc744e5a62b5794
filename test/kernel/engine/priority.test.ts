import { once } from 'node:events';
import { getPriority } from 'node:os';
import { Worker } from 'node:worker_threads';
import { expect, it } from 'vitest';

it('one thread goes first, in real time but for what is long, and others as before', async () => {
  const before = getPriority(0);
  const [seen] = await once(new Worker(new URL('./priority-thread.ts', import.meta.url)), 'message');
  const { first, turned, long, child, told } = seen;
  expect(told).toEqual([]);
  for (const ordinary of [first, long]) {
    expect(ordinary).toMatchObject({ policy: '0', nice: -10 });
    expect(ordinary.slice ?? '100000').toBe('100000');
  }
  expect(turned.policy).toBe('2');
  expect(child, 'a thread that it starts').toBe('0');
  expect(getPriority(0)).toBe(before);
});
