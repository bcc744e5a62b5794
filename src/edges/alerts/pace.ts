/** How fast a sink is served: a rate delays, and drops nothing. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Rate } from './sink.ts';
import { TokenBucket } from './token-bucket.ts';

export class Pace {
  readonly summarises: boolean;
  readonly #bucket: TokenBucket | undefined;
  readonly #batch: number;

  constructor(rate: Rate | undefined, batch: number) {
    this.summarises = rate?.over === 'summarise';
    this.#bucket = rate && new TokenBucket(rate, performance.now());
    this.#batch = batch;
  }

  /** @returns whether it had to wait */
  async wait(signal: AbortSignal, held: (isHeld: boolean) => void): Promise<boolean> {
    const waitMs = this.#bucket?.waitMs(performance.now()) ?? 0;
    if (waitMs === 0) return false;
    held(true);
    try {
      await sleep(waitMs, undefined, { signal });
    } finally {
      held(false);
    }
    return true;
  }

  /** Alerts that one attempt may carry now. */
  most(): number {
    if (this.#bucket === undefined) return this.#batch;
    return Math.max(1, Math.min(this.#batch, this.#bucket.available(performance.now())));
  }

  spend(count: number): void {
    this.#bucket?.take(count);
  }
}
