/**
 * The tables of ours besides `inet penstock`, each there only while it is needed. Who keeps one is asked to mend it as
 * soon as somebody else has touched it, or in a fight a little later (repair-pace.ts); what was mended is recorded.
 *
 *   announcements --> by table, to the end of the transaction --> by us: nothing
 *                                                             --> by others: harm --> mend, when it is due
 *   announcements were lost -----------------------------------------------------> mend all, at once
 */
import type { RulesetChange, TableRef } from 'node-nftables';
import type { Culprit } from '../ledger/entry.ts';
import { recordDrift, recordMended } from './drift-record.ts';
import type { Journal } from './journal.ts';
import { MAX_CULPRITS, MAX_PAUSE_MS, RepairPace } from './repair-pace.ts';

export interface SideMended {
  /** What was not as it should be, in words; empty when all was well, or when the table is not needed. */
  readonly differences: readonly string[];
  /** Why it could not be mended; whoever keeps the table tries again. */
  readonly error?: string;
}

export const NOTHING_AMISS: SideMended = { differences: [] };

export interface SideTable extends TableRef {
  /** Look at it, and mend what differs. Throws nothing. */
  mend(nowMs: number): SideMended;
}

export interface SideTableParts {
  readonly tables: readonly SideTable[];
  /** The kernel's numbers of our threads: what they change is as it should be. */
  readonly ours: ReadonlySet<number>;
  readonly journal: Pick<Journal, 'write' | 'log'>;
}

export class SideTables {
  readonly #watched: readonly Watched[];
  readonly #ours: ReadonlySet<number>;

  constructor({ tables, ours, journal }: SideTableParts) {
    this.#watched = tables.map((table) => new Watched(table, journal));
    this.#ours = ours;
  }

  /** When to call {@link mendDue}, by `performance.now()`; Infinity when there is nothing to mend. */
  get dueAt(): number {
    // Asked in each turn of the loop, which makes no garbage.
    let earliest = Number.POSITIVE_INFINITY;
    for (const { dueAt } of this.#watched) if (dueAt < earliest) earliest = dueAt;
    return earliest;
  }

  /** Take one announcement. */
  hear(change: RulesetChange): void {
    if (change.kind !== 'generation') {
      for (const each of this.#watched) each.hear(change);
      return;
    }
    const { processId, processName } = change;
    const culprit = this.#ours.has(processId) ? undefined : { processId, processName };
    for (const each of this.#watched) each.close(culprit);
  }

  /** Nobody knows what was changed. */
  lost(nowMs: number): void {
    for (const each of this.#watched) each.lost(nowMs);
  }

  mendDue(nowMs: number): void {
    for (const each of this.#watched) if (performance.now() >= each.dueAt) each.mend(nowMs);
  }

  /** Fights that are over. */
  periodic(nowMs: number): void {
    for (const each of this.#watched) each.settle(nowMs);
  }
}

/** One table, and how it fares. */
class Watched {
  readonly #table: SideTable;
  readonly #journal: SideTableParts['journal'];
  readonly #pace = new RepairPace();
  /** Of the transaction that is being announced. */
  #isOpen = false;
  #culprits: Culprit[] = [];

  constructor(table: SideTable, journal: SideTableParts['journal']) {
    this.#table = table;
    this.#journal = journal;
  }

  get dueAt(): number {
    return this.#pace.dueMs;
  }

  hear({ family, table }: Exclude<RulesetChange, { kind: 'generation' }>): void {
    this.#isOpen ||= family === this.#table.family && table === this.#table.name;
  }

  /** The transaction ends; `culprit` made it, if it was not us. */
  close(culprit: Culprit | undefined): void {
    if (this.#isOpen && culprit !== undefined) this.#harm(culprit);
    this.#isOpen = false;
  }

  lost(nowMs: number): void {
    this.#isOpen = false;
    if (this.#pace.pace === 'contested') this.#harm(undefined);
    else this.mend(nowMs);
  }

  mend(nowMs: number): void {
    const { differences, error } = this.#table.mend(nowMs);
    const by = this.#culprits;
    this.#culprits = [];
    this.#pace.mended();
    // A contest is recorded as a whole.
    if (differences.length === 0 || (error === undefined && this.#pace.pace === 'contested')) return;
    recordMended(this.#journal, { table: this.#name, differences, error, by }, nowMs);
  }

  settle(nowMs: number): void {
    const now = performance.now();
    const over = this.#pace.over(now);
    if (over === undefined) return;
    const { harms, culprits, sinceMs } = over;
    const body = { harms, by: culprits, forMs: Math.round(now - sinceMs), table: this.#name };
    recordDrift(this.#journal, [{ type: 'drift.settled', actor: 'penstock', atMs: nowMs, body }]);
  }

  #harm(culprit: Culprit | undefined): void {
    if (culprit !== undefined && this.#culprits.length < MAX_CULPRITS) this.#culprits.push(culprit);
    if (this.#pace.harm(culprit, performance.now()) !== 'contested') return;
    const { harms, culprits } = this.#pace.episode;
    const body = { harms, by: culprits, maxPauseMs: MAX_PAUSE_MS, table: this.#name };
    recordDrift(this.#journal, [{ type: 'drift.contested', actor: 'penstock', body }]);
  }

  get #name(): string {
    return `${this.#table.family} ${this.#table.name}`;
  }
}
