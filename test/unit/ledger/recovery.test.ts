/** A writer killed at any moment leaves a ledger that opens, is sound and holds all that was acknowledged. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { Ledger } from '../../../src/ledger/ledger.ts';
import { LedgerReader } from '../../../src/ledger/reader.ts';
import { verify } from '../../../src/ledger/verification.ts';
import { freshPath } from './files.ts';
import { proposed } from './samples.ts';

const APPENDER = fileURLToPath(new URL('./appender.ts', import.meta.url));
const ROUNDS = 8;

test(`kill -9, ${ROUNDS} times over on one ledger`, { timeout: 60_000 }, async () => {
  const path = freshPath();
  for (let round = 0; round < ROUNDS; round++) {
    const acknowledged = await killedAfter(path, Math.ceil(Math.random() * 200), round % 2 === 1);
    const ledger = Ledger.open(path);
    expect(ledger.head.seq).toBeGreaterThanOrEqual(acknowledged);
    expect(ledger.queries.decision(`D${acknowledged}`)).toBeDefined();
    expect(verify(path)).toEqual({ sound: true, head: ledger.head });
    ledger.append([proposed(ledger.head.seq + 1)], { sync: false });
    ledger.close();
  }
});

/**
 * Let a writer work until it has acknowledged `batches`, kill it without its knowing when.
 * @returns the last number that it acknowledged
 */
async function killedAfter(path: string, batches: number, checkpoints: boolean): Promise<number> {
  const child = spawn(process.execPath, [APPENDER, path], { stdio: ['ignore', 'pipe', 'inherit'] });
  const lines = new AcknowledgedLines(child);
  await lines.reached(batches);
  const reader = checkpoints ? LedgerReader.open(path) : undefined;
  setImmediate(() => child.kill('SIGKILL'));
  reader?.checkpoint();
  await once(child, 'close');
  reader?.close();
  return lines.last;
}

class AcknowledgedLines {
  last = 0;
  #count = 0;
  #partial = '';
  readonly #child: ChildProcess;

  constructor(child: ChildProcess) {
    this.#child = child;
    child.stdout?.setEncoding('latin1').on('data', (text: string) => this.#take(text));
  }

  async reached(count: number): Promise<void> {
    while (this.#count < count) await once(this.#child.stdout as NodeJS.ReadableStream, 'data');
  }

  #take(text: string): void {
    const lines = (this.#partial + text).split('\n');
    this.#partial = lines.pop() ?? '';
    this.#count += lines.length;
    if (lines.length > 0) this.last = Number(lines.at(-1));
  }
}
