/** A sender killed at any moment repeats alerts and loses none. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test, vi } from 'vitest';
import { freshPath, openLedger } from '../../ledger/files.ts';
import { opened } from '../../ledger/samples.ts';
import { Receiver } from './receiver.ts';

const DELIVERER = fileURLToPath(new URL('./deliverer.ts', import.meta.url));
const ALERTS = 400;
const KILLS = 5;

async function start(...args: string[]): Promise<ChildProcess> {
  const child = spawn(process.execPath, [DELIVERER, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  await once(child.stdout as NodeJS.ReadableStream, 'data');
  return child;
}

test(`kill -9, ${KILLS} times while alerts go out`, { timeout: 120_000 }, async () => {
  const path = freshPath();
  const ledger = openLedger(path);
  const receiver = await Receiver.start();
  const args = [path, join(dirname(path), 'alerts.db'), receiver.url];
  let child = await start(...args); // makes its cursor before the first alert
  for (let n = 1; n <= ALERTS; n++) ledger.append([opened(n)], { sync: false });
  for (let kill = 0; kill < KILLS; kill++) {
    const enough = receiver.received.length + Math.ceil(Math.random() * 40);
    await vi.waitFor(() => expect(receiver.received.length).toBeGreaterThanOrEqual(enough), {
      timeout: 20_000,
      interval: 1,
    });
    child.kill('SIGKILL');
    await once(child, 'exit');
    child = await start(...args);
  }
  const last = () => receiver.events.at(-1)?.event.sequence;
  await vi.waitFor(() => expect(last()).toBe(ALERTS), { timeout: 30_000, interval: 50 });
  expectAllInOrder(receiver);
});

/** Repeated at most where a kill was, never skipped, and what has the same id has the same content. */
function expectAllInOrder({ received, events }: Receiver): void {
  const contents = new Map<unknown, string>();
  let highest = 0;
  for (const [index, { event }] of events.entries()) {
    expect(event.sequence).toBeLessThanOrEqual(highest + 1);
    highest = Math.max(highest, event.sequence);
    const { body, headers } = received[index];
    expect(headers['idempotency-key']).toBe(event.id);
    expect(contents.get(event.id) ?? body).toBe(body);
    contents.set(event.id, body);
  }
  expect(contents.size).toBe(ALERTS);
  expect(received.length).toBeLessThanOrEqual(ALERTS + KILLS);
}
