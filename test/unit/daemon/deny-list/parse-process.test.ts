import { expect, test } from 'vitest';
import { parseApart } from '../../../../src/daemon/deny-list/parse-process.ts';
import { orderOf, told } from '../../policy/feed/orders.ts';

const NEVER = new AbortController().signal;

test('networks come out of the process as they would without it', async () => {
  const bytes = Buffer.from('198.51.100.7\n2001:db8::/32\n');
  const parsed = await parseApart({ bytes, order: orderOf({ name: 'text' }) }, NEVER);
  expect(told(parsed)).toEqual(['198.51.100.7/32', '2001:db8::/32']);
  // The content is still the caller's, to be kept.
  expect(bytes.toString()).toContain('198.51.100.7');
});

test('problems come out too', async () => {
  const bytes = Buffer.from('nonsense\n');
  expect(told(await parseApart({ bytes, order: orderOf({ name: 'text' }) }, NEVER))[0]).toBe('damaged');
});

test('content that takes too long is let go', async () => {
  const task = { bytes: Buffer.from('198.51.100.7\n'), order: orderOf({ name: 'text' }) };
  expect(told(await parseApart(task, NEVER, { memoryMb: 512, timeMs: 0 })).join()).toMatch(
    /^tooLarge,.*takes too long to read/,
  );
});

test('content that takes too much memory ends its process, not the daemon', async () => {
  const bytes = Buffer.from(`[${'[],'.repeat(1_000_000)}[]]`);
  const task = { bytes, order: orderOf({ name: 'json', field: null }) };
  const parsed = await parseApart(task, NEVER, { memoryMb: 8, timeMs: 60_000 });
  expect(told(parsed).join()).toMatch(/^tooLarge,.*takes too much memory to read/);
});

test('a policy that is no longer in force is not waited for', async () => {
  const ending = new AbortController();
  const waiting = parseApart({ bytes: Buffer.from('1'), order: orderOf({ name: 'text' }) }, ending.signal);
  ending.abort(new Error('another policy'));
  await expect(waiting).rejects.toThrow('another policy');
  const task = { bytes: Buffer.from('1'), order: orderOf({ name: 'text' }) };
  await expect(parseApart(task, ending.signal)).rejects.toThrow('another policy');
});
