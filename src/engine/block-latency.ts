/** From the kernel's event to the acknowledged set element, as a histogram. */
import { createHistogram } from 'node:perf_hooks';
import type { LatencySummary } from './commands.ts';

export class BlockLatency {
  /** Nanoseconds, as perf_hooks histograms count. */
  readonly #histogram = createHistogram();

  /** A block is in the kernel. `eventAtMs`: when the kernel made the event. @returns how long it took, ms */
  blocked(eventAtMs: number): number {
    const latencyMs = Math.max(0, Number(Temporal.Now.instant().epochNanoseconds) / 1e6 - eventAtMs);
    this.#histogram.record(Math.max(1, Math.round(latencyMs * 1e6)));
    return latencyMs;
  }

  get summary(): LatencySummary {
    const { count, max } = this.#histogram;
    if (count === 0) return { count: 0, medianMs: 0, p99Ms: 0, maxMs: 0 };
    const at = (percentile: number) => this.#histogram.percentile(percentile) / 1e6;
    return { count, medianMs: at(50), p99Ms: at(99), maxMs: max / 1e6 };
  }
}
