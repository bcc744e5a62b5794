/**
 * Holds the kernel's table to what the ledger says: at the start, when somebody else changes it, after each change
 * of our own, and now and then to be sure.
 */
import type { RulesetChange, RulesetMonitorDriver } from 'node-nftables';
import type { Change } from '../enforcement/desired-state.ts';
import type { Enforcer, Reconciliation } from '../enforcement/enforcer.ts';
import { TABLE } from '../enforcement/sets.ts';
import { LedgerError } from '../ledger/errors.ts';
import type { KernelStatus } from './commands.ts';
import type { Journal } from './journal.ts';

const PERIOD_MS = 30_000;
/** After a look that failed. */
const RETRY_MS = 1_000;

export class KernelKeeper {
  readonly #enforcer: Enforcer;
  readonly #monitor: RulesetMonitorDriver;
  readonly #journal: Journal;
  /** The kernel's number of this thread, under which our own changes are announced. */
  readonly #ourThread: number;
  #status: Omit<KernelStatus, 'digest'> = { table: 'repairing', verifiedAtMs: 0, driftRepairs: 0 };
  /** Somebody changed our table in the transaction that is being announced. */
  #touched = false;
  #nextAt = 0;

  constructor(enforcer: Enforcer, monitor: RulesetMonitorDriver, journal: Journal, ourThread: number) {
    this.#enforcer = enforcer;
    this.#monitor = monitor;
    this.#journal = journal;
    this.#ourThread = ourThread;
  }

  get status(): KernelStatus {
    return { ...this.#status, digest: this.#enforcer.digest };
  }

  /** Make the kernel what the ledger says it is, whatever it was before: after a boot, or a death of the daemon. */
  restore(nowMs: number): void {
    const result = this.#reconcile(nowMs);
    const { differences } = result;
    if (result.error !== undefined) this.#journal.log('error', `cannot make the table: ${result.error}`);
    else if (differences.length > 0) {
      this.#journal.log('info', 'kernel brought to what the ledger says', {
        differences: differences.join('; '),
      });
    }
  }

  /** Take the announcements that wait, and look at once when somebody else touched our table. */
  onAnnouncements(nowMs: number): void {
    let foreign = false;
    const { lost } = this.#monitor.drain((change) => {
      foreign = this.#isForeign(change) || foreign;
    });
    if (lost || foreign) this.check(nowMs);
  }

  /** Read back what a change of ours was about; look at everything when it differs. */
  verify(change: Change, nowMs: number): void {
    const differences = this.#enforcer.verify(change, nowMs);
    if (differences.length > 0) this.check(nowMs);
    else this.#status.verifiedAtMs = nowMs;
  }

  /** Read back everything and mend what differs, when it is time. */
  periodic(nowMs: number): void {
    if (performance.now() >= this.#nextAt) this.check(nowMs);
  }

  check(nowMs: number): void {
    const failedBefore = this.#status.error;
    const { differences, error } = this.#reconcile(nowMs);
    if (differences.length === 0 && error === undefined) return;
    // What goes on failing is tried often and recorded once.
    if (error !== undefined && error === failedBefore) return;
    this.#status.driftRepairs += error === undefined ? 1 : 0;
    const found = { type: 'drift.found', actor: 'penstock', atMs: nowMs, body: { differences } } as const;
    const mended = { type: 'drift.repaired', actor: 'penstock', body: { differences } } as const;
    const failed = {
      type: 'drift.failed',
      actor: 'penstock',
      body: { differences, error: error ?? '' },
    } as const;
    try {
      this.#journal.write([found, error === undefined ? mended : failed], { sync: false });
    } catch (cause) {
      if (!(cause instanceof LedgerError)) throw cause;
      this.#journal.log('error', `drift not recorded: ${cause.message}`, {
        differences: differences.join('; '),
      });
    }
  }

  #reconcile(nowMs: number): Reconciliation {
    const result = this.#enforcer.reconcile(nowMs);
    const { error } = result;
    this.#nextAt = performance.now() + (error === undefined ? PERIOD_MS : RETRY_MS);
    const { driftRepairs } = this.#status;
    this.#status =
      error === undefined
        ? { table: 'in-place', verifiedAtMs: nowMs, driftRepairs }
        : { table: 'failed', verifiedAtMs: this.#status.verifiedAtMs, driftRepairs, error };
    return result;
  }

  /** A transaction is announced change by change and ends with who made it. */
  #isForeign(change: RulesetChange): boolean {
    if (change.kind !== 'generation') {
      this.#touched ||= change.family === TABLE.family && change.table === TABLE.name;
      return false;
    }
    const foreign = this.#touched && change.processId !== this.#ourThread;
    this.#touched = false;
    return foreign;
  }
}
