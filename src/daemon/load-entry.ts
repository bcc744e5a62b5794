/** The loading thread's entry: one policy file in, the policy or its problems out. */
import { parentPort, workerData } from 'node:worker_threads';
import { loadPolicyFile } from '../policy/loader.ts';

parentPort?.postMessage(loadPolicyFile(workerData as string));
