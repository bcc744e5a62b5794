/**
 * Looks at the flows of a running daemon again and again. One answer holds LOOK_LIMIT flows; when more stand, hosts that
 * are known are asked for one by one, a few a look so that the daemon keeps its time for its own work.
 */
import { setTimeout as pause } from 'node:timers/promises';
import type { FlowListing } from '../../engine/commands.ts';
import { LiveRecording } from './live-recording.ts';

/** The API's own limit. */
export const LOOK_LIMIT = 1_000;
const HOSTS_A_LOOK = 8;

export interface FlowFilter {
  readonly host?: string;
  readonly limit: number;
}

export interface WatchOptions {
  readonly forMs: number;
  readonly everyMs: number;
  /** Ends it early. */
  readonly signal: AbortSignal;
}

/** @throws what `ask` throws at the first look; later, what was seen until then is handed out, and says so. */
export async function watchFlows(
  ask: (filter: FlowFilter) => Promise<FlowListing>,
  { forMs, everyMs, signal }: WatchOptions,
): Promise<LiveRecording> {
  const recording = new LiveRecording();
  const endMs = performance.now() + forMs;
  let turn = 0;
  for (;;) {
    try {
      turn = await look(ask, recording, turn);
    } catch (error) {
      if (recording.looks === 0) throw error;
      recording.lost = error instanceof Error ? error.message : String(error);
      return recording;
    }
    const leftMs = endMs - performance.now();
    if (leftMs <= 0 || signal.aborted) return recording;
    await pause(Math.min(everyMs, leftMs), undefined, { signal }).catch(() => {});
  }
}

/** @returns the host whose turn is next */
async function look(
  ask: (filter: FlowFilter) => Promise<FlowListing>,
  recording: LiveRecording,
  turn: number,
): Promise<number> {
  const listing = await ask({ limit: LOOK_LIMIT });
  recording.take(listing, Date.now());
  recording.looks++;
  if (!listing.truncated) return turn;
  recording.cutLooks++;
  const { hosts } = recording;
  const asked = Math.min(HOSTS_A_LOOK, hosts.length);
  for (let i = 0; i < asked; i++) {
    const host = hosts[(turn + i) % hosts.length];
    recording.take(await ask({ host, limit: LOOK_LIMIT }), Date.now());
  }
  return turn + asked;
}
