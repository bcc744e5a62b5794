/** From the kernel's event to the acknowledged set element, as a histogram. */
import { createHistogram } from 'node:perf_hooks';
import type { LatencySummary } from './commands.ts';
import type { Tell } from './journal.ts';

export class BlockLatency {
  /** Nanoseconds, as perf_hooks histograms count. */
  readonly #histogram = createHistogram();
  /** ms, of blocks that the main thread has not heard of. */
  readonly #untold: number[] = [];

  /** A block is in the kernel. `eventAtMs`: when the kernel made the event; 0: there was none. */
  blocked(eventAtMs: number): void {
    if (eventAtMs === 0) return;
    const latencyMs = Math.max(0, Number(Temporal.Now.instant().epochNanoseconds) / 1e6 - eventAtMs);
    this.#histogram.record(Math.max(1, Math.round(latencyMs * 1e6)));
    this.#untold.push(latencyMs);
  }

  /** Tell the main thread when there is time for it: a message takes longer than to cut what is blocked. */
  announce(tell: Tell): void {
    for (const latencyMs of this.#untold) tell({ notice: 'blocked', latencyMs });
    this.#untold.length = 0;
  }

  get summary(): LatencySummary {
    const { count, max } = this.#histogram;
    if (count === 0) return { count: 0, medianMs: 0, p99Ms: 0, maxMs: 0 };
    const at = (percentile: number) => this.#histogram.percentile(percentile) / 1e6;
    return { count, medianMs: at(50), p99Ms: at(99), maxMs: max / 1e6 };
  }
}
