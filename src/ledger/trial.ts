/**
 * A policy on trial, put in force or come back to by a rollback: in force, but taken back by itself unless somebody confirms it in time. Plain data, always whole
 * in the entries; the life cycle is in engine/trial-life-cycle.ts.
 */
export interface Trial {
  /** The revision that put the policy in force; also what the trial is named by. */
  readonly revision: number;
  readonly policyName: string;
  readonly policyDigest: string;
  /** The last good revision: what stands again when nobody confirms. */
  readonly restoreTo: number;
  /** Who applied it, and why. */
  readonly actor: string;
  readonly reason: string;
  /** Wall clock, ms since the epoch. */
  readonly begunAtMs: number;
  /** By the wall clock of then, for people; what counts is the uptime, which nobody sets. */
  readonly deadlineMs: number;
  /** `/proc/sys/kernel/random/boot_id` of then: uptimes of another boot say nothing. */
  readonly bootId: string;
  /** CLOCK_BOOTTIME in ms (clock_gettime(2)): runs on while the machine sleeps. */
  readonly begunUptimeMs: number;
  readonly deadlineUptimeMs: number;
  /** Ids of blocks that the policy lifts because it protects their targets, or the rollback; they return with the revision before. */
  readonly lifts: readonly string[];
  /** Of a rollback on trial: ids of blocks that it brings back; they go again when it is taken back. */
  readonly reinstates?: readonly string[];
  readonly state: 'waiting' | 'confirmed' | 'reverted';
  /** null while it waits. */
  readonly end: TrialEnd | null;
}

export interface TrialEnd {
  readonly atMs: number;
  /** Who confirmed it or took it back; `penstock` when nobody did. */
  readonly actor: string;
  /**
   * confirmed: by a person. deadline: nobody did in time. reboot: the machine has booted anew since. unreadable: the
   * policy cannot be read any more. rollback: a person took it back.
   */
  readonly cause: 'confirmed' | 'deadline' | 'reboot' | 'unreadable' | 'rollback';
  readonly reason: string;
  /** The revision that took it back; null for one that was confirmed. */
  readonly revision: number | null;
}
