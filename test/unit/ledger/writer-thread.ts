/** A thread that records `count` incidents with large reasons, every 50th synced, as the engine would: without pause. */
import { workerData } from 'node:worker_threads';
import { Ledger } from '../../../src/ledger/ledger.ts';
import { opened } from './samples.ts';

const { path, count } = workerData as { path: string; count: number };
const ledger = Ledger.open(path);
const reasons = ['x'.repeat(20_000)];
for (let n = 1; n <= count; n++) ledger.append([opened(n, { reasons })], { sync: n % 50 === 0 });
ledger.close();
