/**
 * Tells when somebody has set the wall clock, by looking at it beside CLOCK_BOOTTIME, which nobody sets and which runs
 * on while the machine sleeps. What adjtime(3) slews, at most half a millisecond a second, is no jump.
 */
const JUMP_MS = 10_000;

export class ClockWatch {
  readonly #uptimeMs: () => number;
  #bootedAtMs: number | undefined;

  constructor(uptimeMs: () => number) {
    this.#uptimeMs = uptimeMs;
  }

  /** When the machine was booted by the clock of the last look, ms since the epoch: another time once that is set. */
  get bootedAtMs(): number | undefined {
    return this.#bootedAtMs;
  }

  /** Go on from the last look of another process in the same boot: what was set since is told by the next one. */
  resume(bootedAtMs: number): void {
    this.#bootedAtMs = bootedAtMs;
  }

  /** By how much the clock was set since the last look, in ms: forward is positive, 0 is not at all. */
  look(nowMs: number): number {
    const bootedAtMs = nowMs - this.#uptimeMs();
    const jumpedMs = bootedAtMs - (this.#bootedAtMs ?? bootedAtMs);
    this.#bootedAtMs = bootedAtMs;
    return Math.abs(jumpedMs) >= JUMP_MS ? Math.round(jumpedMs) : 0;
  }
}
