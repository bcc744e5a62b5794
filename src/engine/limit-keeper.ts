/**
 * Holds table `inet penstock_limits` to the limits of the policy in force: with each change of the allowlist, when
 * somebody has touched it (side-tables.ts), and now and then to be sure. Where the kernel refuses it, the daemon still
 * watches the limits.
 */
import type { PolicyPart } from '../enforcement/allowlist/policy-part.ts';
import { EnforcementError } from '../enforcement/errors.ts';
import { type LimitPlan, limitPlan, MOST_LIMITED_RULES } from '../enforcement/limits/limit-plan.ts';
import type { LimitTable } from '../enforcement/limits/limit-table.ts';
import type { Policy } from '../policy/policy.ts';
import { type DriftJournal, recordMended } from './drift-record.ts';
import type { SideMended } from './side-tables.ts';

const PERIOD_MS = 30_000;
/** After a failure. */
const RETRY_MS = 1_000;

export class LimitKeeper {
  readonly #table: Pick<LimitTable, 'sync'>;
  readonly #journal: DriftJournal;
  #plan: LimitPlan | undefined;
  #dueAt = Number.POSITIVE_INFINITY;
  #failure: string | undefined;

  constructor(table: Pick<LimitTable, 'sync'>, journal: DriftJournal) {
    this.#table = table;
    this.#journal = journal;
  }

  /** What differs from now on is what the policy says. */
  put(policy: Policy, part: PolicyPart): void {
    const limited = policy.rules.filter(({ limits }) => limits !== null).length;
    if (part.enforces && limited > MOST_LIMITED_RULES)
      this.#journal.log(
        'warn',
        `of ${limited} rules with limits the kernel holds the first ${MOST_LIMITED_RULES}`,
      );
    this.#plan = limitPlan(policy, part);
    this.#sync();
  }

  /** Mend what others did. */
  mend(): SideMended {
    return this.#sync();
  }

  /** Look, and mend what differs, when it is time. */
  periodic(nowMs: number): void {
    if (performance.now() < this.#dueAt) return;
    const { differences, error } = this.#sync();
    if (differences.length > 0 && error === undefined)
      recordMended(this.#journal, { table: 'inet penstock_limits', differences, by: [] }, nowMs);
  }

  #sync(): SideMended {
    const mended = this.#trySync();
    const { error } = mended;
    if (error !== undefined && error !== this.#failure)
      this.#journal.log('error', `limits of rules are not held by the kernel: ${error}`);
    this.#failure = error;
    const isIdle = this.#plan === undefined && error === undefined;
    const waitMs = error === undefined ? PERIOD_MS : RETRY_MS;
    this.#dueAt = isIdle ? Number.POSITIVE_INFINITY : performance.now() + waitMs;
    return mended;
  }

  #trySync(): SideMended {
    try {
      return { differences: this.#table.sync(this.#plan) };
    } catch (error) {
      if (!(error instanceof EnforcementError)) throw error;
      return { differences: [], error: error.message };
    }
  }
}
