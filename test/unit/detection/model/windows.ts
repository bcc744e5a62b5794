/** Windows of a made-up office, for tests of the model. */
import { FEATURE_COUNT, Feature } from '../../../../src/detection/model/features.ts';
import { SeededRandom } from '../../../../src/detection/model/seeded-random.ts';

/** Some browsing, rarely a failure, more received than sent. */
export function ordinaryWindows(count: number, seed = 7): Float64Array[] {
  const random = new SeededRandom(seed);
  return Array.from({ length: count }, () => {
    const x = new Float64Array(FEATURE_COUNT);
    const opened = 1 + random.below(40);
    x[Feature.opened] = Math.log1p(opened);
    x[Feature.destinations] = Math.log1p(1 + random.below(opened));
    x[Feature.ports] = Math.log1p(1 + random.below(3));
    x[Feature.toNew] = Math.log1p(random.below(3));
    x[Feature.failed] = Math.log1p(random.below(8) === 0 ? 1 : 0);
    x[Feature.failedShare] = x[Feature.failed] > 0 ? 1 / opened : 0;
    x[Feature.bytesOut] = Math.log1p(opened * (500 + random.below(2000)));
    x[Feature.bytesIn] = x[Feature.bytesOut] + random.next() * 3;
    x[Feature.outOverIn] = x[Feature.bytesOut] - x[Feature.bytesIn];
    x[Feature.leaderShare] = (1 + random.next()) / 4;
    x[Feature.duration] = Math.log1p(random.next() * 60);
    return x;
  });
}

/** A scan: 3,000 connections to 3,000 hosts, all in vain. */
export function scanWindow(): Float64Array {
  const [x] = ordinaryWindows(1);
  x[Feature.opened] = x[Feature.destinations] = x[Feature.toNew] = x[Feature.failed] = Math.log1p(3000);
  x[Feature.failedShare] = 1;
  return x;
}
