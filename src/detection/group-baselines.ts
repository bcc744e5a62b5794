/** What hosts of one group upload in an hour: the baseline of those that have no past of their own. */
import { quantileSorted } from 'simple-statistics';

/** Hours of hosts that are remembered for each group. */
const REMEMBERED = 1_024;
/** Fewer say nothing. */
const ENOUGH = 48;
/** Nearly the most: one host's theft must not be the measure of all. */
const NEARLY_ALL = 0.995;
const MAX_GROUPS = 1_024;

interface Baseline {
  readonly hours: Float32Array;
  count: number;
}

export class GroupBaselines {
  readonly #groups = new Map<string, Baseline>();

  learn(group: string, uploaded: number): void {
    let baseline = this.#groups.get(group);
    if (baseline === undefined) {
      if (this.#groups.size >= MAX_GROUPS) return;
      baseline = { hours: new Float32Array(REMEMBERED), count: 0 };
      this.#groups.set(group, baseline);
    }
    baseline.hours[baseline.count % REMEMBERED] = uploaded;
    baseline.count++;
  }

  /** Nearly the most that a host of one of these groups uploads in an hour; 0 while too little is known. */
  most(groups: readonly string[]): number {
    let most = 0;
    for (const group of groups) {
      const baseline = this.#groups.get(group);
      if (baseline === undefined || baseline.count < ENOUGH) continue;
      const known = Array.from(baseline.hours.subarray(0, Math.min(baseline.count, REMEMBERED)));
      most = Math.max(
        most,
        quantileSorted(
          known.sort((x, y) => x - y),
          NEARLY_ALL,
        ),
      );
    }
    return most;
  }
}
