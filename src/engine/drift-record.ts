/** Records what others did to our tables; mending does not wait for it, and is not undone when it cannot be recorded. */
import type { Culprit, EntryDraft } from '../ledger/entry.ts';
import { LedgerError } from '../ledger/errors.ts';
import type { Journal } from './journal.ts';

export type DriftJournal = Pick<Journal, 'write' | 'log'>;

export interface MendedTable {
  /** Family and name; left out for `inet penstock`. */
  readonly table?: string;
  readonly differences: readonly string[];
  /** Why it could not be mended. */
  readonly error?: string | undefined;
  readonly by: readonly Culprit[];
}

/** What differed, and that it was mended, or was not. */
export function recordMended(
  journal: DriftJournal,
  { table, differences, error, by }: MendedTable,
  nowMs: number,
): void {
  const body = { differences, ...(table !== undefined && { table }) };
  recordDrift(journal, [
    { type: 'drift.found', actor: 'penstock', atMs: nowMs, body: { ...body, ...(by.length > 0 && { by }) } },
    error === undefined
      ? { type: 'drift.repaired', actor: 'penstock', body }
      : { type: 'drift.failed', actor: 'penstock', body: { ...body, error } },
  ]);
}

export function recordDrift(journal: DriftJournal, drafts: readonly EntryDraft[]): void {
  try {
    journal.write(drafts, { sync: false });
  } catch (cause) {
    if (!(cause instanceof LedgerError)) throw cause;
    const about = drafts.map(({ type, body }) => `${type} ${JSON.stringify(body)}`).join('; ');
    journal.log('error', `drift not recorded: ${cause.message}`, { about });
  }
}
