/** Which bundles have been kept long enough. */
import type { EvidenceSettings } from '../../policy/schema/evidence.ts';
import type { KeptBundle } from './evidence-shelf.ts';

export interface Outdated {
  readonly incident: string;
  readonly reason: string;
}

/** Those too old, then the oldest of the rest until they all fit; `kept` is in order, the oldest first. */
export function outdated(
  kept: readonly KeptBundle[],
  { maxAge, maxTotal }: EvidenceSettings['retention'],
  nowMs: number,
): Outdated[] {
  const gone: Outdated[] = [];
  let total = kept.reduce((sum, { bytes }) => sum + bytes, 0);
  for (const { incident, bytes, atMs } of kept) {
    const isOld = nowMs - atMs > maxAge;
    if (!isOld && total <= maxTotal) continue;
    const reason = isOld
      ? 'kept for its time'
      : 'the oldest of those that take more room than the policy gives';
    gone.push({ incident, reason });
    total -= bytes;
  }
  return gone;
}
