/**
 * The engine's thread, with nothing but modules to load. It is started before all else, since that takes as long as
 * what the main thread has to do until it knows the settings. So this file imports nothing.
 */
import { MessageChannel, type MessagePort, Worker } from 'node:worker_threads';
import type { EngineThreadData } from './wire.ts';

export interface EngineThread {
  readonly worker: Worker;
  readonly prologue: MessagePort;
}

export function launchEngine(): EngineThread {
  const { port1, port2 } = new MessageChannel();
  const worker = new Worker(new URL('./worker.ts', import.meta.url), {
    workerData: { prologue: port2 } satisfies EngineThreadData,
    transferList: [port2],
    name: 'engine',
  });
  return { worker, prologue: port1 };
}
