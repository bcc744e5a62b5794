/** Recordings through a policy: read, played back, judged. */
import type { Finding } from '../detection/finding.ts';
import { playBack } from '../flow/recorded/playback.ts';
import { readRecordedFlows } from '../flow/recorded/read.ts';
import type { RecordedFlows } from '../flow/recorded/recorded-flows.ts';
import type { Incident } from '../incident/incident.ts';
import type { Policy } from '../policy/policy.ts';
import { ReplaySession } from './session.ts';

export type Progress = (phase: 'read' | 'judge', done: number, total: number) => void;

export interface ReplayOptions {
  readonly onProgress?: Progress;
  readonly onFinding?: (finding: Finding, atMs: number) => void;
}

/** Changes between two words on progress. */
const CHANGES_A_WORD = 16_384;

/** @throws RecordingError */
export async function replay(
  policy: Policy,
  paths: readonly string[],
  options: ReplayOptions = {},
): Promise<Incident[]> {
  const { onProgress } = options;
  const flows = await readRecordedFlows(paths, {
    onProgress: (done, total) => onProgress?.('read', done, total),
  });
  return replayFlows(policy, flows, options);
}

/** The same for flows at hand. */
export function replayFlows(
  policy: Policy,
  flows: RecordedFlows,
  { onProgress, onFinding }: ReplayOptions = {},
): Incident[] {
  const session = new ReplaySession(policy, onFinding ? { onFinding } : {});
  let changes = 0;
  let started = 0;
  playBack(
    flows,
    (address) => session.compiled.isOurs(address),
    (change, atMs) => {
      session.take(change, atMs);
      if (change.kind === 'started') started++;
      if (++changes % CHANGES_A_WORD === 0) onProgress?.('judge', started, flows.length);
    },
  );
  onProgress?.('judge', flows.length, flows.length);
  return session.finish();
}
