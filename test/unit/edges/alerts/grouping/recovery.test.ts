/** A sender killed at any moment, and a service that fails in every way: each alert is told, and told the same. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import type { Message } from '../../../../../src/edges/alerts/grouping/message.ts';
import { until } from '../../../../network/waiting.ts';
import { freshPath, openLedger } from '../../../ledger/files.ts';
import { opened } from '../../../ledger/samples.ts';
import { type Answer, Receiver } from '../receiver.ts';

const DELIVERER = fileURLToPath(new URL('./deliverer.ts', import.meta.url));
/** Recorded at a time. */
const BURST = 9;
const HOSTS = 7;
const KILLS = 4;

/** Takes two of three; of the others it has some too, but says so to nobody. */
const unreliable: Answer = (response) => {
  const luck = Math.random();
  if (luck < 0.66) response.writeHead(200).end('ok');
  else if (luck < 0.78) response.writeHead(500).end();
  else if (luck < 0.9) response.destroy();
  else setTimeout(() => response.destroy(), 400);
};

async function start(...args: string[]): Promise<ChildProcess> {
  const child = spawn(process.execPath, [DELIVERER, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  await once(child.stdout as NodeJS.ReadableStream, 'data');
  return child;
}

test(`kill -9, ${KILLS} times while alerts are told`, { timeout: 120_000 }, async () => {
  const path = freshPath();
  const ledger = openLedger(path);
  const receiver = await Receiver.start(unreliable);
  const args = [path, join(dirname(path), 'alerts.db'), receiver.url];
  let child = await start(...args); // makes its place before the first alert
  let written = 0;
  const write = () => {
    for (let n = 0; n < BURST; n += 1) {
      written += 1;
      ledger.append([opened(written, { host: `10.1.0.${written % HOSTS}` })], { sync: false });
    }
  };
  for (let kill = 0; kill < KILLS; kill += 1) {
    const enough = receiver.received.length + 3 + Math.floor(Math.random() * 10);
    const goOn = () => {
      write();
      return receiver.received.length >= enough;
    };
    await until('some messages', goOn, { timeoutMs: 30_000, everyMs: 10 });
    child.kill('SIGKILL');
    await once(child, 'exit');
    child = await start(...args);
  }
  write();
  await until('all alerts', () => toldIn(receiver).size === written, { timeoutMs: 60_000 });
  expectTheSame(receiver, written);
});

function messagesOf({ received }: Receiver): Message[] {
  return received.map(({ body }) => JSON.parse(body));
}

function numbersOf({ sequences }: Message): number[] {
  return sequences.flatMap(([first, last]) => Array.from({ length: last - first + 1 }, (_, n) => first + n));
}

function toldIn(receiver: Receiver): Set<number> {
  return new Set(messagesOf(receiver).flatMap(numbersOf));
}

/** What has the same id has the same content, and no alert is in two messages. */
function expectTheSame(receiver: Receiver, written: number): void {
  const contents = new Map<string, string>();
  for (const { body } of receiver.received) {
    const { id } = JSON.parse(body) as Message;
    expect(contents.get(id) ?? body).toBe(body);
    contents.set(id, body);
  }
  const numbers = [...contents.values()].flatMap((body) => numbersOf(JSON.parse(body)));
  expect(numbers.toSorted((a, b) => a - b)).toEqual(Array.from({ length: written }, (_, n) => n + 1));
}
