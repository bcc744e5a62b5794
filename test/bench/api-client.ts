/**
 * Asks the API for what people and their tools ask for, at a steady rate, and ends by itself:
 *
 *   node api-client.ts URL TOKEN RATE SECONDS
 *
 * Kinds take turns; besides, some streams of events are read as they come. What is due while too many questions wait for
 * their answers is left out. Prints `{asked, failed, leftOut, events}` as JSON.
 */
import { setTimeout as pause } from 'node:timers/promises';

const QUESTIONS = [
  '/v1/status',
  '/v1/flows?limit=100',
  '/v1/decisions?state=active&limit=50',
  '/v1/incidents?limit=50',
  '/metrics',
  '/v1/flows?host=10.1.0.11&sort=bytes',
  '/v1/audit?order=newest&limit=50',
  '/v1/revisions?limit=20',
];
const STREAMS = 4;
const MOST_WAITING = 16;
const TICK_MS = 5;

const [url, token, rate, seconds] = process.argv.slice(2);
const headers = { authorization: `Bearer ${token}` };
const over = AbortSignal.timeout(Number(seconds) * 1_000);
const counts = { asked: 0, failed: 0, leftOut: 0, events: 0 };
let waiting = 0;

async function ask(path: string): Promise<void> {
  counts.asked += 1;
  waiting += 1;
  try {
    const response = await fetch(`${url}${path}`, { headers });
    await response.arrayBuffer();
    if (!response.ok) counts.failed += 1;
  } finally {
    waiting -= 1;
  }
}

async function follow(): Promise<void> {
  const response = await fetch(`${url}/v1/events`, { headers, signal: over });
  const text = response.body?.pipeThrough(new TextDecoderStream()) ?? [];
  for await (const piece of text) counts.events += piece.split('\nevent: ').length - 1;
}

const isOver = (error: unknown) => {
  if (!over.aborted) throw error;
};
const streams = Array.from({ length: STREAMS }, () => follow().catch(isOver));
const asked: Promise<void>[] = [];
const start = performance.now();
for (let due = 0; !over.aborted; await pause(TICK_MS)) {
  for (; due < ((performance.now() - start) / 1_000) * Number(rate); due++) {
    if (waiting < MOST_WAITING) asked.push(ask(QUESTIONS[due % QUESTIONS.length]));
    else counts.leftOut += 1;
  }
}
await Promise.all([...streams, ...asked]);
process.stdout.write(`${JSON.stringify(counts)}\n`);
