/**
 * What was recorded since the start, counted by type, for the metrics. Entries are rare next to events, and every one
 * that says what was found, decided or done goes through the journal: here nothing can be forgotten.
 */
import type { Severity } from '../../incident/incident.ts';
import { decisionOf, type Entry, type EntryType } from '../../ledger/entry.ts';

/** An entry that changes the state of a decision, and whose decision it is. */
export interface DecisionCount {
  /** The entry's type without `decision.`: proposed, approved, vetoed, ... */
  readonly event: string;
  /** null: there is no such decision (vetoed, withheld). */
  readonly origin: 'automatic' | 'manual' | null;
  readonly count: number;
}

/** Since the start. What never happened has no key. */
export interface EntryCounts {
  readonly byType: Readonly<Partial<Record<EntryType, number>>>;
  /** Incidents that opened, by the severity that they opened with. */
  readonly opened: Readonly<Record<Severity, number>>;
  readonly decisions: readonly DecisionCount[];
}

export class EntryTally {
  readonly #byType = new Map<EntryType, number>();
  readonly #opened: Record<Severity, number> = { low: 0, medium: 0, high: 0, critical: 0 };
  /** By event and origin. */
  readonly #decisions = new Map<string, DecisionCount>();

  count(entries: readonly Entry[]): void {
    for (const entry of entries) {
      this.#byType.set(entry.type, (this.#byType.get(entry.type) ?? 0) + 1);
      if (entry.type === 'incident.opened') this.#opened[entry.body.incident.severity] += 1;
      else if (entry.type.startsWith('decision.')) this.#decided(entry);
    }
  }

  get counts(): EntryCounts {
    return {
      byType: Object.fromEntries(this.#byType),
      opened: { ...this.#opened },
      decisions: [...this.#decisions.values()],
    };
  }

  #decided(entry: Entry): void {
    const event = entry.type.slice('decision.'.length);
    const origin = decisionOf(entry)?.origin.kind ?? null;
    const key = `${event} ${origin}`;
    const count = (this.#decisions.get(key)?.count ?? 0) + 1;
    this.#decisions.set(key, { event, origin, count });
  }
}
