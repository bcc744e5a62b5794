import { getPriority } from 'node:os';
import { parentPort } from 'node:worker_threads';
import { goFirst } from '../../../src/engine/priority.ts';

goFirst(() => {});
parentPort?.postMessage(getPriority(0));
