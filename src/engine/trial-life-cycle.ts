/**
 * The life of a policy on trial (`apply --confirm-within`), as functions from one state to the next.
 *
 *                                        confirm, in time
 *     apply --confirm-within   +--------------------------------> confirmed   stays, as any policy
 *   ------------------------> waiting
 *      recorded and synced     |  |
 *      before anything changes |  +-- a person's rollback ------> reverted    to the revision the person names
 *                              |
 *                              +-- deadline passed, awake or dead
 *                              +-- another boot ----------------> reverted    to the last good revision, at once
 *                              +-- unreadable after an upgrade
 *
 * While one waits, no other policy is taken: not by `apply`, which would make a safe change depend on an unsafe one,
 * nor from the policy file (SIGHUP, start). Nothing confirms by the way: only `confirm` does. Blocks and answers of
 * people go on as ever.
 *
 *   started again          same boot, before the deadline     the trial goes on with the time it has left
 *                          same boot, after the deadline      reverted before the policy takes effect again
 *                          another boot, whatever the time    reverted: what nobody confirmed never boots
 *
 * Time is the uptime of the boot (CLOCK_BOOTTIME): a clock that jumps neither lengthens nor shortens a trial. What is
 * not known, a boot without id, counts as another boot.
 */
import type { Trial, TrialEnd } from '../ledger/trial.ts';

/** Where in the machine's own time we are. */
export interface BootMoment {
  /** null: not known. */
  readonly bootId: string | null;
  readonly uptimeMs: number;
}

export type TrialDraft = Omit<
  Trial,
  'deadlineMs' | 'bootId' | 'begunUptimeMs' | 'deadlineUptimeMs' | 'state' | 'end'
> & { readonly withinMs: number };

export type TrialTransition =
  | { readonly ok: true; readonly trial: Trial }
  /** `reason` is a sentence for a person. */
  | { readonly ok: false; readonly reason: string };

export function beginTrial({ withinMs, ...draft }: TrialDraft, moment: BootMoment): TrialTransition {
  const { bootId, uptimeMs } = moment;
  if (bootId === null)
    return {
      ok: false,
      reason: 'the boot id of this machine cannot be read, so a reboot would not be noticed',
    };
  return {
    ok: true,
    trial: {
      ...draft,
      deadlineMs: draft.begunAtMs + withinMs,
      bootId,
      begunUptimeMs: uptimeMs,
      deadlineUptimeMs: uptimeMs + withinMs,
      state: 'waiting',
      end: null,
    },
  };
}

export type Fate = 'waiting' | 'deadline' | 'reboot';

/** What time has made of a trial that nobody ended. */
export function fateOf(trial: Trial, { bootId, uptimeMs }: BootMoment): Fate {
  // In a container the id may be the machine's, which stays while the container's uptime begins anew.
  if (bootId !== trial.bootId || uptimeMs < trial.begunUptimeMs) return 'reboot';
  return uptimeMs >= trial.deadlineUptimeMs ? 'deadline' : 'waiting';
}

/** Ms until it is taken back; 0 when it is due. */
export function timeLeftMs(trial: Trial, moment: BootMoment): number {
  return fateOf(trial, moment) === 'waiting' ? trial.deadlineUptimeMs - moment.uptimeMs : 0;
}

/** Who confirms, when (ms since the epoch) and why. */
export type Confirming = Pick<TrialEnd, 'actor' | 'atMs' | 'reason'>;

export function confirmTrial(trial: Trial, confirming: Confirming, moment: BootMoment): TrialTransition {
  if (trial.state !== 'waiting') return { ok: false, reason: describeEnd(trial) };
  if (fateOf(trial, moment) !== 'waiting') {
    return { ok: false, reason: `revision ${trial.revision} cannot be confirmed any more: its time is over` };
  }
  return {
    ok: true,
    trial: { ...trial, state: 'confirmed', end: { ...confirming, cause: 'confirmed', revision: null } },
  };
}

/** @throws Error for one that has ended: the caller asks only for the one that waits */
export function revertTrial(trial: Trial, end: TrialEnd): Trial {
  if (trial.state !== 'waiting') throw new Error(describeEnd(trial));
  return { ...trial, state: 'reverted', end };
}

/** `revision 12 was confirmed by laptop at ...`. */
export function describeEnd({ revision, end }: Trial): string {
  if (end === null) return `revision ${revision} waits to be confirmed`;
  const when = `at ${new Date(end.atMs).toISOString()}`;
  if (end.cause === 'confirmed') return `revision ${revision} was confirmed by ${end.actor} ${when}`;
  return `revision ${revision} was taken back by revision ${end.revision} ${when}: ${end.reason}`;
}
