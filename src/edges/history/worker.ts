/** The history's thread: nobody waits for its disk, neither the engine nor the API. */
import { parentPort, workerData } from 'node:worker_threads';
import { HistoryError } from './errors.ts';
import { Keeper } from './keeper.ts';
import type { Failure, FromKeeper, KeeperSettings, ToKeeper } from './wire.ts';

const port = parentPort;
if (port === null) throw new Error('the history is kept in a worker thread only');
const send = (message: FromKeeper) => port.postMessage(message);

function failureOf(error: unknown): Failure {
  if (error instanceof HistoryError) return { code: error.code, message: error.message };
  return { code: 'PENSTOCK_HISTORY_IO', message: `history: ${(error as Error).message}` };
}

function open(): Keeper | undefined {
  try {
    return new Keeper(workerData as KeeperSettings);
  } catch (error) {
    send({ kind: 'unusable', error: failureOf(error) });
    return undefined;
  }
}

const keeper = open();
if (keeper !== undefined) {
  port.on('message', ({ call, name, params }: ToKeeper) => {
    try {
      send({ kind: 'done', call, result: keeper.handle(name, params as never, Date.now()) });
    } catch (error) {
      send({ kind: 'failed', call, error: failureOf(error) });
    }
    if (name === 'close') port.close();
  });
  send({ kind: 'ready' });
}
