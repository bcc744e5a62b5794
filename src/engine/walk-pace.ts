/**
 * How often the whole conntrack table is walked, by what a walk costs and by what there may be to see:
 *
 *   walks take 0.4 % of a processor ---- 16 MiB passed the interfaces since the walk began ----> 2 %
 *
 * and never come more often than every ten seconds. So the counters of a standing connection are read every ten seconds
 * up to some 14,000 connections; of more, every n x 3 microseconds / share: of 100,000 every 15 seconds when traffic
 * passes, and every 75 when as good as none does, which then is less than any detector reports.
 */
const WALK_EVERY_MS = 10_000;
const QUIET_SHARE = 0.004;
const BUSY_SHARE = 0.02;
/** Below the least volume that is reported by default. */
const BUSY_BYTES = 16 << 20;
/** The interfaces are looked at so often. */
const LOOK_EVERY_MS = 1_000;

export class WalkPace {
  readonly #passedBytes: () => number;
  #bytesAtBegin = 0;
  #beganAt = 0;
  #workMs = 0;
  #share = BUSY_SHARE;
  #lookAt = 0;

  /** Times are of `performance.now()`. */
  constructor(passedBytes: () => number) {
    this.#passedBytes = passedBytes;
  }

  /** A walk begins. */
  begin(now: number): void {
    this.#beganAt = now;
    this.#workMs = 0;
    this.#bytesAtBegin = this.#passedBytes();
    this.#share = QUIET_SHARE;
    this.#lookAt = now + LOOK_EVERY_MS;
  }

  /** A piece of it took so long. @returns how long to rest before the next */
  worked(ms: number): number {
    this.#workMs += ms;
    return ms / this.#share - ms;
  }

  /** Now and then: whether there is more to see by now. An interface that went may have taken its bytes along. */
  look(now: number): void {
    if (now < this.#lookAt) return;
    this.#lookAt = now + LOOK_EVERY_MS;
    if (Math.abs(this.#passedBytes() - this.#bytesAtBegin) >= BUSY_BYTES) this.#share = BUSY_SHARE;
  }

  /** When the next walk may begin. */
  get nextWalkAt(): number {
    return this.#beganAt + Math.max(WALK_EVERY_MS, this.#workMs / this.#share);
  }
}
