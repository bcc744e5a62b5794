/** How often, when, by whom and with how much something was seen. */
import type { RecordedFlow } from '../../flow/recorded/recorded-flow.ts';

export class Sightings {
  hits = 0;
  firstMs = Number.POSITIVE_INFINITY;
  /** The end of the flow that ended last. */
  lastMs = Number.NEGATIVE_INFINITY;
  bytesOut = 0;
  /** Numbers of the hosts of ours. */
  readonly hosts = new Set<number>();

  see({ startedAtMs, durationMs, bytesOut }: RecordedFlow, host: number): void {
    this.hits++;
    this.firstMs = Math.min(this.firstMs, startedAtMs);
    this.lastMs = Math.max(this.lastMs, startedAtMs + durationMs);
    this.bytesOut += bytesOut;
    this.hosts.add(host);
  }

  /** Of one, that one: never add to a sum. */
  static sum(all: readonly Sightings[]): Sightings {
    if (all.length === 1) return all[0];
    const sum = new Sightings();
    for (const { hits, firstMs, lastMs, bytesOut, hosts } of all) {
      sum.hits += hits;
      sum.firstMs = Math.min(sum.firstMs, firstMs);
      sum.lastMs = Math.max(sum.lastMs, lastMs);
      sum.bytesOut += bytesOut;
      for (const host of hosts) sum.hosts.add(host);
    }
    return sum;
  }
}
