/**
 * Holds the kernel's table to what the ledger says: at the start, when somebody else changes it, after each change
 * of our own, and now and then to be sure. How soon it mends what others do: see repair-pace.ts.
 */
import type { RulesetChange, RulesetMonitorDriver } from 'node-nftables';
import type { Change } from '../enforcement/desired-state.ts';
import type { Enforcer, Reconciliation } from '../enforcement/enforcer.ts';
import type { SetName } from '../enforcement/sets.ts';
import { Touched } from '../enforcement/touched.ts';
import type { Culprit } from '../ledger/entry.ts';
import type { KernelStatus } from './commands.ts';
import { recordDrift, recordMended } from './drift-record.ts';
import type { Journal } from './journal.ts';
import { processorMs } from './measure/processor-time.ts';
import { MAX_CULPRITS, MAX_PAUSE_MS, RepairPace } from './repair-pace.ts';
import type { SideTables } from './side-tables.ts';

const PERIOD_MS = 30_000;
/** Looking at everything takes at most this share of a processor, however much there is to read. */
const PERIOD_PER_COST = 50;
/** What was mended may stand too long: how long it has left was worked out so much before the kernel had it. */
const LATE_MS = 1_000;
/** After a look that failed, that was late, or that mended something and has not seen it in the kernel. */
const RETRY_MS = 1_000;

export interface KernelKeeperParts {
  readonly enforcer: Enforcer;
  readonly monitor: RulesetMonitorDriver;
  readonly journal: Journal;
  /** The kernel's number of this thread, under which our own changes are announced. */
  readonly ourThread: number;
  /** They hear what is announced as well. */
  readonly sideTables: SideTables;
}

export class KernelKeeper {
  readonly #enforcer: Enforcer;
  readonly #monitor: RulesetMonitorDriver;
  readonly #journal: Journal;
  readonly #sideTables: SideTables;
  readonly #ourThread: number;
  /** Somebody had changed the table, and it is as it should be again. */
  onMended: (nowMs: number) => void = () => {};
  readonly #pace = new RepairPace();
  #status: Omit<KernelStatus, 'digest'> = { table: 'repairing', verifiedAtMs: 0, driftRepairs: 0 };
  /** What the transaction that is being announced has touched. */
  readonly #open = new Touched();
  /** What others have touched and nobody has looked at yet, and who they were. */
  readonly #touched = new Touched();
  #culprits: Culprit[] = [];
  /** As last told. */
  #doubt: string | undefined;
  #nextAt = 0;

  constructor({ enforcer, monitor, journal, ourThread, sideTables }: KernelKeeperParts) {
    this.#enforcer = enforcer;
    this.#monitor = monitor;
    this.#journal = journal;
    this.#ourThread = ourThread;
    this.#sideTables = sideTables;
  }

  get status(): KernelStatus {
    const contested = this.#pace.pace === 'contested' && {
      contestedBy: this.#pace.episode.culprits.map(({ processName }) => processName),
    };
    return { ...this.#status, ...contested, digest: this.#enforcer.digest };
  }

  /** When to call {@link mendDue}, by `performance.now()`; Infinity when there is nothing to mend. */
  get dueAt(): number {
    return Math.min(this.#pace.dueMs, this.#sideTables.dueAt);
  }

  /**
   * Make the kernel what the ledger says it is, whatever it was before: after a boot, or a death of the daemon.
   * @returns why it is not, when it is not
   */
  restore(nowMs: number): string | undefined {
    const result = this.#reconcile(nowMs, Touched.everything());
    const { differences } = result;
    if (result.error !== undefined) this.#journal.log('error', `cannot make the table: ${result.error}`);
    else if (differences.length > 0) {
      this.#journal.log('info', 'kernel brought to what the ledger says', {
        differences: differences.join('; '),
      });
    }
    return result.error;
  }

  /** Take the announcements that wait, and mend when somebody else touched our table, at once or soon. */
  onAnnouncements(nowMs: number): void {
    const { lost } = this.#monitor.drain((change) => this.#hear(change));
    if (lost) this.#touched.addEverything();
    // Of a flood of our own announcements some may be lost: no harm, but worth a look.
    if (lost && this.#pace.pace !== 'contested') this.#look(nowMs);
    else if (lost) this.#harm(undefined);
    // After the large table, and by the time that it is then: a kernel whose answers are lost is waited for.
    if (lost) this.#sideTables.lost(Date.now());
    this.mendDue(Date.now());
  }

  /** Mend what others did, when it is time. */
  mendDue(nowMs: number): void {
    if (performance.now() >= this.#pace.dueMs) this.#look(nowMs);
    this.#sideTables.mendDue(Date.now());
  }

  /** Read back what a change of ours was about; look at everything when it differs. */
  verify(change: Change, nowMs: number): void {
    const differences = this.#enforcer.verify(change, nowMs);
    if (differences.length > 0) this.check(nowMs);
    else this.#status.verifiedAtMs = nowMs;
  }

  /** Read back everything and mend what differs, when it is time. */
  periodic(nowMs: number): void {
    const now = performance.now();
    const over = this.#pace.over(now);
    if (over !== undefined) {
      const { harms, culprits, sinceMs } = over;
      const body = { harms, by: culprits, forMs: Math.round(now - sinceMs) };
      recordDrift(this.#journal, [{ type: 'drift.settled', actor: 'penstock', atMs: nowMs, body }]);
    }
    this.#sideTables.periodic(nowMs);
    // What was lost beside a large transaction of our own (RulesetMonitor.apart) wakes nobody.
    this.onAnnouncements(nowMs);
    if (now >= this.#nextAt) this.check(nowMs);
  }

  /** Read back some sets at once, and mend what differs. */
  checkSets(sets: readonly SetName[], nowMs: number): void {
    this.#touched.merge(Touched.all(sets));
    this.#look(nowMs);
  }

  check(nowMs: number): void {
    this.#touched.addEverything();
    this.#look(nowMs);
  }

  #look(nowMs: number): void {
    const failedBefore = this.#status.error;
    const { differences, error } = this.#reconcile(nowMs, this.#touched);
    const by = this.#culprits;
    // What failed is looked at again in whole, soon (see nextAt).
    this.#touched.clear();
    this.#culprits = [];
    this.#pace.mended();
    if (differences.length > 0 && error === undefined) this.onMended(nowMs);
    if (differences.length === 0 && error === undefined) return;
    // What goes on failing is tried often and recorded once.
    if (error !== undefined && error === failedBefore) return;
    this.#status.driftRepairs += error === undefined ? 1 : 0;
    // A contest is recorded as a whole.
    if (error === undefined && this.#pace.pace === 'contested') return;
    recordMended(this.#journal, { differences, error, by }, nowMs);
  }

  #reconcile(nowMs: number, touched: Touched): Reconciliation {
    // What a look has to wait for does not make the next one rarer.
    const workedMs = processorMs();
    const startedAt = performance.now();
    const isWhole = touched.isWhole;
    const result = this.#enforcer.reconcile(nowMs, touched);
    const { error, isUnconfirmed, differences } = result;
    const costMs = processorMs() - workedMs;
    const endedAt = performance.now();
    const { driftRepairs, verifiedAtMs } = this.#status;
    if (error !== undefined) {
      this.#nextAt = endedAt + RETRY_MS;
      this.#status = { table: 'failed', verifiedAtMs, driftRepairs, error };
      return result;
    }
    this.#tellDoubt();
    const isLate = differences.length > 0 && endedAt - startedAt > LATE_MS;
    if (isUnconfirmed || isLate) this.#nextAt = endedAt + RETRY_MS;
    else if (isWhole) this.#nextAt = endedAt + Math.max(PERIOD_MS, PERIOD_PER_COST * costMs);
    this.#status = { table: 'in-place', verifiedAtMs: nowMs, driftRepairs };
    return result;
  }

  /** Once, however long it lasts. */
  #tellDoubt(): void {
    const { doubt } = this.#enforcer;
    if (doubt !== undefined && doubt !== this.#doubt) this.#journal.log('warn', doubt);
    this.#doubt = doubt;
  }

  /** A transaction is announced change by change and ends with who made it. */
  #hear(change: RulesetChange): void {
    this.#sideTables.hear(change);
    if (change.kind !== 'generation') {
      this.#open.add(change);
      return;
    }
    if (!this.#open.isEmpty && change.processId !== this.#ourThread) {
      this.#touched.merge(this.#open);
      this.#harm({ processId: change.processId, processName: change.processName });
    }
    this.#open.clear();
  }

  #harm(culprit: Culprit | undefined): void {
    if (culprit !== undefined && this.#culprits.length < MAX_CULPRITS) this.#culprits.push(culprit);
    if (this.#pace.harm(culprit, performance.now()) !== 'contested') return;
    const { harms, culprits } = this.#pace.episode;
    const body = { harms, by: culprits, maxPauseMs: MAX_PAUSE_MS };
    recordDrift(this.#journal, [{ type: 'drift.contested', actor: 'penstock', body }]);
  }
}
