/** The main thread's end of the history's thread. */
import { Worker } from 'node:worker_threads';
import { HistoryError } from './errors.ts';
import type {
  FromKeeper,
  KeeperSettings,
  RequestName,
  RequestParams,
  RequestResult,
  ToKeeper,
} from './wire.ts';

interface Waiting {
  resolve: (result: never) => void;
  reject: (error: Error) => void;
}

/** Answers that are waited for at once. */
const MOST_WAITING = 32;

export class HistoryClient {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  #calls = 0;
  #end: HistoryError | undefined;

  private constructor(worker: Worker) {
    this.#worker = worker;
    worker.on('message', (message: FromKeeper) => this.#receive(message));
    worker.on('error', (cause) => this.#finish(`it has failed: ${(cause as Error).message}`, cause));
    worker.on('exit', () => this.#finish('it has ended'));
  }

  /** Start the thread and wait until it has opened the file. @throws HistoryError */
  static async start(settings: KeeperSettings): Promise<HistoryClient> {
    const worker = new Worker(new URL('./worker.ts', import.meta.url), {
      workerData: settings,
      name: 'history',
    });
    const client = new HistoryClient(worker);
    await new Promise<void>((ready, failed) => {
      worker.once('error', failed);
      worker.once('message', (message: FromKeeper) => {
        if (message.kind === 'unusable') failed(new HistoryError(message.error.code, message.error.message));
        else ready();
      });
    });
    return client;
  }

  /** Rejects with a HistoryError; PENSTOCK_HISTORY_GONE when the thread has ended. */
  call<N extends RequestName>(name: N, params: RequestParams<N>): Promise<RequestResult<N>> {
    if (this.#end !== undefined) return Promise.reject(this.#end);
    if (this.#waiting.size >= MOST_WAITING) {
      const message = 'history: too many questions at once; ask again later';
      return Promise.reject(new HistoryError('PENSTOCK_HISTORY_IO', message));
    }
    const call = ++this.#calls;
    return new Promise((resolve, reject) => {
      this.#waiting.set(call, { resolve, reject });
      this.#worker.postMessage({ call, name, params } satisfies ToKeeper);
    });
  }

  /** What was written stays written. */
  async close(): Promise<void> {
    if (this.#end === undefined) await this.call('close', undefined).catch(() => {});
    await this.end();
  }

  /** Without asking: what it is at is lost. */
  async end(): Promise<void> {
    await this.#worker.terminate();
  }

  #receive(message: FromKeeper): void {
    if (message.kind !== 'done' && message.kind !== 'failed') return;
    const waiting = this.#waiting.get(message.call);
    this.#waiting.delete(message.call);
    if (message.kind === 'done') waiting?.resolve(message.result as never);
    else waiting?.reject(new HistoryError(message.error.code, message.error.message));
  }

  #finish(problem: string, cause?: unknown): void {
    this.#end ??= new HistoryError('PENSTOCK_HISTORY_GONE', `history: the thread that keeps it: ${problem}`, {
      cause,
    });
    for (const { reject } of this.#waiting.values()) reject(this.#end);
    this.#waiting.clear();
  }
}
