import { readFileSync } from 'node:fs';
import { getPriority } from 'node:os';
import { parentPort } from 'node:worker_threads';
import { goFirst } from '../../../src/engine/priority.ts';

goFirst(() => {});
/** Of proc_pid_sched(5), in nanoseconds; kernels before 6.12 have none. */
const slice = /^se\.slice +: +(\d+)$/m.exec(readFileSync('/proc/thread-self/sched', 'utf8'))?.[1];
parentPort?.postMessage({ priority: getPriority(0), slice });
