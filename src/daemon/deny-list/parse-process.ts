/**
 * Parses content in a process of its own that ends with the content: a stranger's list neither holds up the API nor
 * takes more memory or time than it is given. A thread would not do: V8 may abort the whole process when a thread
 * reaches its memory limit.
 */
import { fork } from 'node:child_process';
import type { FeedFailureCode } from '../../policy/feed/failure.ts';
import type { ParsedFeed, ParseOrder } from '../../policy/feed/parser.ts';

export interface ParseTask {
  readonly bytes: Uint8Array;
  readonly order: ParseOrder;
}

export interface ParseLimits {
  readonly memoryMb: number;
  readonly timeMs: number;
}

/** 64 MiB of the most wasteful JSON that is let through take less. */
const LIMITS: ParseLimits = { memoryMb: 1_024, timeMs: 60_000 };
/** V8 aborts at its limit; the kernel kills when the machine has none left. */
const OUT_OF_MEMORY: readonly unknown[] = ['SIGABRT', 'SIGKILL'];
const ENTRY = new URL('./parse-entry.ts', import.meta.url);

/** @throws the signal's reason, or what kept the process from starting */
export async function parseApart(
  task: ParseTask,
  signal: AbortSignal,
  { memoryMb, timeMs }: ParseLimits = LIMITS,
): Promise<ParsedFeed> {
  signal.throwIfAborted();
  const child = fork(ENTRY, [], {
    execArgv: [`--max-old-space-size=${memoryMb}`],
    env: {},
    serialization: 'advanced',
    // What V8 prints when it runs out of memory is told in our own words.
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  const { promise, resolve, reject } = Promise.withResolvers<ParsedFeed>();
  child.once('message', (parsed) => resolve(parsed as ParsedFeed));
  child.once('error', reject);
  child.once('exit', (status, killer) => {
    if (OUT_OF_MEMORY.includes(killer)) resolve(tooMuch(task, 'takes too much memory to read'));
    else reject(new Error(`the process that reads content ended with ${killer ?? status}`));
  });
  const abort = () => reject(signal.reason);
  signal.addEventListener('abort', abort, { once: true });
  const timer = setTimeout(() => resolve(tooMuch(task, 'takes too long to read')), timeMs);
  // A process that is gone by now is told about by its exit.
  child.send(task, () => {});
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', abort);
    child.kill('SIGKILL');
  }
}

function tooMuch({ order }: ParseTask, message: string): ParsedFeed {
  const code: FeedFailureCode = 'tooLarge';
  const place = { file: order.name, line: 1, column: 1, field: '' };
  return { ok: false, code, problems: [{ ...place, message, expected: 'a smaller list' }] };
}
