/**
 * The engine's thread goes before those that serve people, and before what else the machine does: a block must not wait
 * until a report is made. With many waiting for a processor that is milliseconds instead of hundreds of them; and when it
 * wakes up, whoever runs makes room at once (short-slice.ts): half as late at the 99th percentile, with five waiting.
 */
import { setPriority } from 'node:os';
import type { Tell } from './journal.ts';
import { runShortly } from './short-slice.ts';

/** Nine times the share of an ordinary thread (sched(7)). */
const NICE = -10;
const THIS_THREAD = 0;

/** Of the calling thread alone, as Linux has it (setpriority(2), C library/kernel differences). */
export function goFirst(tell: Tell, set: typeof setPriority = setPriority): void {
  try {
    set(THIS_THREAD, NICE);
    runShortly(NICE);
  } catch (error) {
    const message = `blocks may wait for other work of the machine: the engine must not go first (CAP_SYS_NICE, or LimitNICE=${NICE} in its unit)`;
    tell({ notice: 'log', level: 'info', message, fields: { error: (error as Error).message } });
  }
}
