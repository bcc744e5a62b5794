/**
 * Holds table `bridge penstock` to the quarantines that stand: after each change of one, and when somebody has changed
 * the ruleset since the last look. That is asked for twice a second by the ruleset's number, and only while the table
 * is needed.
 */
import type { Decision } from '../decision/decision.ts';
import type { BridgeTable, Mended } from '../enforcement/bridge/bridge-table.ts';
import { LedgerError } from '../ledger/errors.ts';
import type { Journal } from './journal.ts';

export interface BridgeKeeperParts {
  readonly standing: () => Iterable<Decision>;
  /** The number of the ruleset: another after each transaction of anybody. */
  readonly generation: () => number;
  readonly journal: Pick<Journal, 'log' | 'write'>;
}

/** After a look that failed, or to be sure. */
const PERIOD_MS = 30_000;
const RETRY_MS = 1_000;

export class BridgeKeeper {
  readonly #table: Pick<BridgeTable, 'sync'>;
  readonly #parts: BridgeKeeperParts;
  #seen = 0;
  #dueAt = 0;
  #failure: string | undefined;

  constructor(table: Pick<BridgeTable, 'sync'>, parts: BridgeKeeperParts) {
    this.#table = table;
    this.#parts = parts;
  }

  /** Quarantines have changed: what differs is what was decided. */
  change(nowMs: number): void {
    this.#sync(nowMs);
  }

  /** Mend what others did. */
  periodic(nowMs: number): void {
    const isDue = performance.now() >= this.#dueAt;
    if (!isDue && (!this.#isNeeded() || this.#parts.generation() === this.#seen)) return;
    const { differences, error } = this.#sync(nowMs);
    if (differences.length === 0 || error !== undefined) return;
    const body = { differences };
    try {
      this.#parts.journal.write(
        [
          { type: 'drift.found', actor: 'penstock', atMs: nowMs, body },
          { type: 'drift.repaired', actor: 'penstock', body },
        ],
        { sync: false },
      );
    } catch (cause) {
      if (!(cause instanceof LedgerError)) throw cause;
      this.#parts.journal.log('error', `drift not recorded: ${cause.message}`);
    }
  }

  #sync(nowMs: number): Mended {
    const mended = this.#table.sync(this.#parts.standing(), nowMs);
    const { error } = mended;
    if (error !== undefined && error !== this.#failure)
      this.#parts.journal.log('error', `traffic within a bridge is not stopped: ${error}`);
    this.#failure = error;
    this.#seen = this.#parts.generation();
    this.#dueAt = performance.now() + (error === undefined ? PERIOD_MS : RETRY_MS);
    return mended;
  }

  #isNeeded(): boolean {
    for (const { coverage } of this.#parts.standing())
      if (coverage?.stations.some(({ bridge }) => bridge !== null)) return true;
    return false;
  }
}
