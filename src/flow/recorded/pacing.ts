/**
 * What a long flow had carried by when. A recording tells only totals, so packets are spread evenly over the flow's
 * time, and bytes over its packets: in whole numbers that never fall and come to exactly the totals.
 *
 *   start |------|------|------|---| end       a step each five minutes, the last one when the flow ends
 *   step  0      1      2      3   4
 */
import { BYTES_IN, BYTES_OUT, PACKETS_IN, PACKETS_OUT } from './playback-change.ts';
import type { RecordedFlow } from './recorded-flow.ts';

const STEP_MS = 5 * 60_000;
/** A week of them; then they become longer, so that a flow of a thousand years takes no longer to play back. */
const MAX_STEPS = 2016;

/** Milliseconds between two steps of a flow. */
export function stepMs(durationMs: number): number {
  return Math.max(STEP_MS, durationMs / MAX_STEPS);
}

/** Milliseconds from the start to a step, at most the duration. */
export function stepOffsetMs(durationMs: number, step: number): number {
  return Math.min(step * stepMs(durationMs), durationMs);
}

/** Fill in the counters of a flow at a step. */
export function countersAt(flow: RecordedFlow, step: number, counters: Float64Array): void {
  const offsetMs = stepOffsetMs(flow.durationMs, step);
  // 0/0 of a flow without duration, which is at its end at once.
  const share = offsetMs < flow.durationMs ? offsetMs / flow.durationMs : step === 0 ? 0 : 1;
  counters[PACKETS_OUT] = part(flow.packetsOut, share);
  counters[PACKETS_IN] = part(flow.packetsIn, share);
  counters[BYTES_OUT] = part(flow.bytesOut, shareOfPackets(counters[PACKETS_OUT], flow.packetsOut, share));
  counters[BYTES_IN] = part(flow.bytesIn, shareOfPackets(counters[PACKETS_IN], flow.packetsIn, share));
}

/** Some sources count bytes without packets: then by time. */
function shareOfPackets(packets: number, total: number, share: number): number {
  return total > 0 ? packets / total : share;
}

/** x * 1 is x, so the last part is exact. */
function part(total: number, share: number): number {
  return Math.floor(total * share);
}
