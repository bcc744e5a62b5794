/**
 * How often the whole conntrack table is walked, by what a walk costs and by what there may be to see. The more has
 * passed the interfaces since the walk began, the more of a processor it may take:
 *
 *   nothing passed ---- in proportion ---- 16 MiB, the least volume that is reported by default
 *      0.2 %                                 2 %
 *
 * and never more often than every ten seconds. So the counters of a standing connection are read every ten seconds up to
 * some 7,000 connections, and of more every n x 3 microseconds / share: of 100,000 every 15 seconds when much passes,
 * every 70 when 6 MiB a minute do, and every 150 when as good as nothing does.
 */
const WALK_EVERY_MS = 10_000;
const LEAST_SHARE = 0.002;
const BUSY_SHARE = 0.02;
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
    this.#share = LEAST_SHARE;
    this.#lookAt = now + LOOK_EVERY_MS;
  }

  /** A piece of it took so long. @returns how long to rest before the next */
  worked(ms: number): number {
    this.#workMs += ms;
    return ms / this.#share - ms;
  }

  /** Now and then: how much more there is to see by now. An interface that went may have taken its bytes along. */
  look(now: number): void {
    if (now < this.#lookAt) return;
    this.#lookAt = now + LOOK_EVERY_MS;
    const passed = Math.abs(this.#passedBytes() - this.#bytesAtBegin);
    // What was seen to pass is still to be seen when an interface goes.
    this.#share = Math.max(this.#share, Math.min(BUSY_SHARE, (passed / BUSY_BYTES) * BUSY_SHARE));
  }

  /** When the next walk may begin. */
  get nextWalkAt(): number {
    return this.#beganAt + Math.max(WALK_EVERY_MS, this.#workMs / this.#share);
  }
}
