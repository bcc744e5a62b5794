/** One flow as the detectors look at it: what was computed once for all of them. Refilled for each change. */
import type { Flow } from '../flow/flow.ts';
import type { AnomalyDetector } from '../policy/schema/detectors.ts';
import type { Scope } from './finding.ts';
import type { FlowKeys } from './flow-keys.ts';
import type { Judgement } from './judgement.ts';
import type { Host } from './profile-store.ts';

export interface Sight {
  flow: Flow;
  host: Host;
  readonly keys: FlowKeys;
  nowMs: number;
  /** The same in whole minutes since the epoch. */
  minute: number;
  /** Of the profile's tracks; NO_TRACK when there is none. */
  track: number;
}

/** Takes what a detector says. */
export type Say = (detector: AnomalyDetector, sight: Sight, judgement: Judgement, scope: Scope) => void;

export const MINUTE_MS = 60_000;
export const HOUR_MS = 3_600_000;
