/**
 * Has decisions follow a clock that was set, before anything is due, or decided, by it. What is decided by the clock of
 * now while what stands goes by the clock of before is told apart by nobody: a rollback would take for over what a
 * moment later stands for hours, and what was made just now would be given the jump as well.
 */
import type { ClockWatch } from './clock-watch.ts';

/** The wall clock against that of the process, which stops while the machine sleeps: worth a look at the boot's own. */
const SUSPICIOUS_MS = 1_000;

export class ClockFollower {
  readonly #watch: ClockWatch;
  readonly #reschedule: (byMs: number, nowMs: number) => boolean;
  /** By how much the clock was set, not followed yet. */
  #jumpedMs = 0;
  #offsetMs = Date.now() - performance.now();

  /** `reschedule`: whether that could be recorded. */
  constructor(watch: ClockWatch, reschedule: (byMs: number, nowMs: number) => boolean) {
    this.#watch = watch;
    this.#reschedule = reschedule;
  }

  /** The same as {@link follow}, for whoever asks many thousand times a second. */
  glance(nowMs: number): void {
    const offsetMs = nowMs - performance.now();
    if (Math.abs(offsetMs - this.#offsetMs) < SUSPICIOUS_MS) return;
    this.#offsetMs = offsetMs;
    this.follow(nowMs);
  }

  follow(nowMs: number): void {
    this.#jumpedMs += this.#watch.look(nowMs);
    if (this.#jumpedMs !== 0 && this.#reschedule(this.#jumpedMs, nowMs)) this.#jumpedMs = 0;
  }
}
