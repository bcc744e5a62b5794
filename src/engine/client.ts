/** The main thread's end of the engine thread: starts it, carries commands to it and notices from it. */
import type { Worker } from 'node:worker_threads';
import { SetElements } from 'node-nftables';
import { settleBootFiles } from './boot-file-settling.ts';
import type { CommandName, EngineControl, Notice, Outcome, Params, Result } from './commands.ts';
import { EngineError } from './errors.ts';
import { type EngineThread, launchEngine } from './launch.ts';
import { PolicySender } from './policy-parcel.ts';
import { closeWake, openWake, wake } from './wake.ts';
import type { EngineSettings, FromEngine, StartPolicy, ToEngine } from './wire.ts';

interface Waiting {
  resolve: (outcome: Outcome<never>) => void;
  reject: (error: Error) => void;
}

export class EngineClient implements EngineControl {
  readonly #worker: Worker;
  readonly #wakeFd: number;
  readonly #waiting = new Map<number, Waiting>();
  readonly #listeners = new Set<(notice: Notice) => void>();
  readonly #ended: Promise<Error | undefined>;
  readonly #policies = new PolicySender();
  #calls = 0;
  #over = false;

  private constructor(worker: Worker, wakeFd: number) {
    this.#worker = worker;
    this.#wakeFd = wakeFd;
    let failure: Error | undefined;
    worker.on('message', (message: FromEngine) => this.#receive(message));
    worker.on('error', (error) => {
      failure = error as Error;
    });
    this.#ended = new Promise((done) => {
      worker.once('exit', () => {
        this.#abandon(failure);
        // From here on the descriptor may be another file's.
        closeWake(wakeFd);
        done(failure);
      });
    });
  }

  /**
   * Start the thread, or go on with one that was launched, and wait until it protects.
   * @param start the policy to start with: the engine is at work before it is there
   * @throws whatever kept it from starting
   */
  static async start(
    settings: Omit<EngineSettings, 'wakeFd' | 'starterThread'>,
    start: StartPolicy | Promise<StartPolicy>,
    onNotice: (notice: Notice) => void,
    { worker, prologue }: EngineThread = launchEngine(),
  ): Promise<EngineClient> {
    const starterThread = threadNumber();
    const wakeFd = openWake();
    const client = new EngineClient(worker, wakeFd);
    client.onNotice(onNotice);
    settleBootFiles(client);
    const isReady = client.#ready();
    prologue.postMessage({ ...settings, wakeFd, starterThread } satisfies EngineSettings);
    try {
      await Promise.race([isReady, start]);
      prologue.postMessage((await start) satisfies StartPolicy);
      await isReady;
      return client;
    } catch (error) {
      await worker.terminate();
      throw error;
    } finally {
      prologue.close();
    }
  }

  /** Rejects with what ended the thread before. */
  #ready(): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const started = (message: FromEngine) => {
      if (message.kind !== 'ready') return;
      this.#worker.off('message', started);
      resolve();
    };
    this.#worker.on('message', started);
    this.#ended.then((failure) => reject(failure ?? gone()));
    return promise;
  }

  /** Settles when the thread has ended: with the error that ended it, or with undefined after `stop`. */
  get ended(): Promise<Error | undefined> {
    return this.#ended;
  }

  /**
   * Rejects with EngineError PENSTOCK_ENGINE_GONE when the thread has ended, or ends before it answers; with the reason
   * of `cancelled` when that comes first. A list is not made any further then; what acts is done or not done, as it was.
   */
  call<N extends CommandName>(
    name: N,
    params: Params<N>,
    cancelled?: AbortSignal,
  ): Promise<Outcome<Result<N>>> {
    if (this.#over) return Promise.reject(gone());
    if (cancelled?.aborted) return Promise.reject(cancelled.reason);
    this.#calls += 1;
    const call = this.#calls;
    const answered = new Promise<Outcome<Result<N>>>((resolve, reject) => {
      this.#waiting.set(call, { resolve: resolve as Waiting['resolve'], reject });
      this.#send({ call, name, params: this.#policies.pack(name, params) });
    });
    if (cancelled === undefined) return answered;
    const cancel = () => this.#cancel(call, cancelled.reason);
    cancelled.addEventListener('abort', cancel, { once: true });
    return answered.finally(() => cancelled.removeEventListener('abort', cancel));
  }

  #send(message: ToEngine): void {
    this.#worker.postMessage(message);
    wake(this.#wakeFd);
  }

  #cancel(call: number, reason: Error): void {
    const waiting = this.#waiting.get(call);
    if (waiting === undefined) return;
    this.#waiting.delete(call);
    this.#send({ cancelled: call });
    waiting.reject(reason);
  }

  onNotice(listener: (notice: Notice) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #receive(message: FromEngine): void {
    if (message.kind === 'notice') {
      for (const listener of this.#listeners) listener(message.notice);
    } else if (message.kind === 'reply') {
      this.#waiting.get(message.call)?.resolve(message.outcome as Outcome<never>);
      this.#waiting.delete(message.call);
    }
  }

  #abandon(failure: Error | undefined): void {
    this.#over = true;
    for (const { reject } of this.#waiting.values()) reject(gone(failure));
    this.#waiting.clear();
  }
}

function gone(cause?: Error): EngineError {
  return new EngineError('PENSTOCK_ENGINE_GONE', 'the engine thread has ended', { cause });
}

/** As the kernel announces it: in a container another number than that of `process.pid`. */
function threadNumber(): number {
  using elements = SetElements.open();
  return elements.generation().processId;
}
