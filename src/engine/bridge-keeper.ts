/**
 * Holds table `bridge penstock` to the quarantines that stand: after each change of one, when somebody has touched it
 * (side-tables.ts), and now and then to be sure.
 */
import type { Decision } from '../decision/decision.ts';
import type { BridgeTable, Mended } from '../enforcement/bridge/bridge-table.ts';
import { type DriftJournal, recordMended } from './drift-record.ts';

export interface BridgeKeeperParts {
  readonly standing: () => Iterable<Decision>;
  readonly journal: DriftJournal;
}

const PERIOD_MS = 30_000;
/** After a look that failed. */
const RETRY_MS = 1_000;

export class BridgeKeeper {
  readonly #table: Pick<BridgeTable, 'sync'>;
  readonly #parts: BridgeKeeperParts;
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
  mend(nowMs: number): Mended {
    return this.#sync(nowMs);
  }

  /** Look, and mend what differs, when it is time. */
  periodic(nowMs: number): void {
    if (performance.now() < this.#dueAt) return;
    const { differences, error } = this.#sync(nowMs);
    if (differences.length > 0 && error === undefined)
      recordMended(this.#parts.journal, { table: 'bridge penstock', differences, by: [] }, nowMs);
  }

  #sync(nowMs: number): Mended {
    const mended = this.#table.sync(this.#parts.standing(), nowMs);
    const { error } = mended;
    if (error !== undefined && error !== this.#failure)
      this.#parts.journal.log('error', `traffic within a bridge is not stopped: ${error}`);
    this.#failure = error;
    this.#dueAt = performance.now() + (error === undefined ? PERIOD_MS : RETRY_MS);
    return mended;
  }
}
