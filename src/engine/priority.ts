/**
 * The engine's thread goes before those that serve people, and before what else the machine does: a block must not wait
 * until a report is made.
 *
 *   ordinary    nice -10, shortest slice: with many waiting for a processor a block waits milliseconds, not hundreds
 *   real time   it waits for nobody: half as late at the 99th percentile (README, 'Measured')
 *
 *                 worked for seven tenths of a window; or something long comes, for as long as that takes
 *   real time  ---------------------------------------------------------------------------> ordinary
 *              <---------------------------------------------------------------------------
 *                 worked for less than half of a window
 *
 * For a thread of real time that does not rest keeps its processor from all others, and one of those carries the packets
 * of a flood (ksoftirqd). So it has that place only while there is little to do for it, and it is back within some tens of
 * milliseconds when a flood is over.
 */
import { setPriority } from 'node:os';
import type { Tell } from './journal.ts';
import { processorMs } from './measure/processor-time.ts';
import { runInRealTime, runShortly } from './scheduling.ts';

/** Nine times the share of an ordinary thread (sched(7)). */
const NICE = -10;
const THIS_THREAD = 0;
/** In half of it a few lists that people ask for would be a flood. */
const WINDOW_MS = 40;
const MOST_SHARE = 0.7;
const LITTLE_SHARE = 0.5;

/** Of the calling thread alone. */
export interface Scheduler {
  /** As Linux has it: setpriority(2), C library/kernel differences. @throws when it may not */
  readonly beNice: (nice: number) => void;
  readonly beOrdinary: (nice: number) => void;
  /** @returns whether it may */
  readonly beRealTime: () => boolean;
  /** That it has had. */
  readonly processorMs: () => number;
}

const LINUX: Scheduler = {
  beNice: (nice) => setPriority(THIS_THREAD, nice),
  beOrdinary: runShortly,
  beRealTime: runInRealTime,
  processorMs,
};

export class Priority {
  readonly #scheduler: Scheduler;
  /** Undefined where it may not be. */
  #isRealTime: boolean | undefined = false;
  #since = 0;
  #workedMs = 0;

  /** From now on the calling thread is ordinary; {@link turned} makes more of it. */
  constructor(tell: Tell, scheduler: Scheduler = LINUX) {
    this.#scheduler = scheduler;
    try {
      scheduler.beNice(NICE);
    } catch (error) {
      const message = `blocks may wait for other work of the machine: the engine must not go first (CAP_SYS_NICE, or LimitNICE=${NICE} in its unit)`;
      tell({ notice: 'log', level: 'info', message, fields: { error: (error as Error).message } });
      this.#isRealTime = undefined;
      return;
    }
    if (!scheduler.beRealTime()) this.#isRealTime = undefined;
    scheduler.beOrdinary(NICE);
    if (this.#isRealTime !== undefined) return;
    const message =
      'some blocks may wait milliseconds for other work: the engine must not run in real time (CAP_SYS_NICE, or LimitRTPRIO=1 and RestrictRealtime=no in its unit)';
    tell({ notice: 'log', level: 'info', message, fields: {} });
  }

  /** The loop has made a turn. `nowMs`: of the clock that nobody sets. */
  turned(nowMs: number): void {
    const window = nowMs - this.#since;
    if (window < WINDOW_MS || this.#isRealTime === undefined) return;
    const workedMs = this.#scheduler.processorMs();
    const share = (workedMs - this.#workedMs) / window;
    this.#since = nowMs;
    this.#workedMs = workedMs;
    if (this.#isRealTime && share > MOST_SHARE) this.#setRealTime(false);
    else if (!this.#isRealTime && share < LITTLE_SHARE) this.#setRealTime(true);
  }

  /** Do what may take long. */
  ordinarily<T>(work: () => T): T {
    const wasRealTime = this.#isRealTime === true;
    if (wasRealTime) this.#setRealTime(false);
    try {
      return work();
    } finally {
      if (wasRealTime) this.#setRealTime(true);
    }
  }

  #setRealTime(isRealTime: boolean): void {
    if (!isRealTime) this.#scheduler.beOrdinary(NICE);
    // An administrator may have taken that away meanwhile.
    this.#isRealTime = isRealTime && this.#scheduler.beRealTime();
  }
}
