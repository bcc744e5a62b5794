import type { Schema } from 'penstock-client';
import { localTime, timeLeft } from './time.ts';

/** `until 2026-10-05 14:00:00 +02:00 (in 58s), else revision 11 stands again; confirm: penstock confirm 12`. */
export function describeTrial(trial: Schema<'TrialStatus'>): string {
  const { revision, restoreTo, confirmByMs, leftMs } = trial;
  if (leftMs <= 0) return `its time is over: revision ${restoreTo} stands again in a moment`;
  // By the daemon's clock, not by ours.
  const left = timeLeft(confirmByMs, confirmByMs - leftMs);
  return `until ${localTime(confirmByMs)} (${left}), else revision ${restoreTo} stands again; confirm: penstock confirm ${revision}`;
}
