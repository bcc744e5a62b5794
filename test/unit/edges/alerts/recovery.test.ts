/** A sender killed at any moment repeats alerts and loses none. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test, vi } from 'vitest';
import { freshPath, openLedger } from '../../ledger/files.ts';
import { opened } from '../../ledger/samples.ts';
import { MisbehavingSyslog } from './misbehaving-syslog.ts';
import { Receiver } from './receiver.ts';

const DELIVERER = fileURLToPath(new URL('./deliverer.ts', import.meta.url));
const ALERTS = 400;
const KILLS = 5;
const KILLS_BY_SYSLOG = 2;

async function start(...args: string[]): Promise<ChildProcess> {
  const child = spawn(process.execPath, [DELIVERER, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  await once(child.stdout as NodeJS.ReadableStream, 'data');
  return child;
}

/** Kill the sender now and then while alerts go out, the next time after some more have arrived. */
async function killNowAndThen(url: string, kills: number, arrived: () => number): Promise<void> {
  const path = freshPath();
  const ledger = openLedger(path);
  const args = [path, join(dirname(path), 'alerts.db'), url];
  let child = await start(...args); // makes its cursor before the first alert
  for (let n = 1; n <= ALERTS; n++) ledger.append([opened(n)], { sync: false });
  for (let kill = 0; kill < kills; kill++) {
    const enough = arrived() + Math.ceil(Math.random() * 40);
    await vi.waitFor(() => expect(arrived()).toBeGreaterThanOrEqual(enough), {
      timeout: 20_000,
      interval: 1,
    });
    child.kill('SIGKILL');
    await once(child, 'exit');
    child = await start(...args);
  }
}

test(`kill -9, ${KILLS} times while alerts go out`, { timeout: 120_000 }, async () => {
  const receiver = await Receiver.start();
  await killNowAndThen(receiver.url, KILLS, () => receiver.received.length);
  const last = () => receiver.events.at(-1)?.event.sequence;
  await vi.waitFor(() => expect(last()).toBe(ALERTS), { timeout: 30_000, interval: 50 });
  expectAllInOrder(receiver);
});

test(`kill -9, ${KILLS_BY_SYSLOG} times while alerts go out by syslog, and the receiver is killed too`, {
  timeout: 120_000,
}, async () => {
  const receiver = new MisbehavingSyslog();
  await receiver.up();
  await killNowAndThen(`tcp://127.0.0.1:${receiver.port}`, KILLS_BY_SYSLOG, () => receiver.taken.length);
  await receiver.kill();
  await receiver.up();
  const sequences = () => receiver.taken.map((text) => Number(/ sequence="([0-9]+)"/.exec(text)?.[1]));
  await vi.waitFor(() => expect(sequences().at(-1)).toBe(ALERTS), { timeout: 60_000, interval: 50 });
  expect([...new Set(sequences())]).toEqual(Array.from({ length: ALERTS }, (_, n) => n + 1));
  expect(new Set(receiver.taken).size).toBe(ALERTS);
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
