/**
 * Parses content in a thread of its own that ends with the content: a stranger's list neither holds up the API nor
 * takes more memory or time than it is given.
 */
import { Worker } from 'node:worker_threads';
import type { FeedFailureCode } from '../../policy/feed/failure.ts';
import type { ParsedFeed, ParseOrder } from '../../policy/feed/parser.ts';

export interface ParseTask {
  readonly bytes: Uint8Array;
  readonly order: ParseOrder;
}

/** 64 MiB of the most wasteful JSON that is let through take less. */
const MEMORY_MB = 1_024;
const TIME_LIMIT_MS = 60_000;

/** @throws the signal's reason, or what broke the thread */
export async function parseInThread(
  task: ParseTask,
  signal: AbortSignal,
  timeLimitMs = TIME_LIMIT_MS,
): Promise<ParsedFeed> {
  signal.throwIfAborted();
  const worker = new Worker(new URL('./parse-worker.ts', import.meta.url), {
    workerData: task,
    name: 'deny-list',
    resourceLimits: { maxOldGenerationSizeMb: MEMORY_MB },
  });
  const { promise, resolve, reject } = Promise.withResolvers<ParsedFeed>();
  worker.once('message', resolve);
  worker.once('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'ERR_WORKER_OUT_OF_MEMORY') resolve(tooMuch(task, 'takes too much memory to read'));
    else reject(error);
  });
  worker.once('exit', () => reject(new Error('the thread ended without an answer')));
  const abort = () => reject(signal.reason);
  signal.addEventListener('abort', abort, { once: true });
  const timer = setTimeout(() => resolve(tooMuch(task, 'takes too long to read')), timeLimitMs);
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', abort);
    await worker.terminate();
  }
}

function tooMuch({ order }: ParseTask, message: string): ParsedFeed {
  const code: FeedFailureCode = 'tooLarge';
  const place = { file: order.name, line: 1, column: 1, field: '' };
  return { ok: false, code, problems: [{ ...place, message, expected: 'a smaller list' }] };
}
