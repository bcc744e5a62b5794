/** Entries as the ledger would hand them out. */
import { entryOf, GENESIS, type Head, nextRow } from '../../../../src/ledger/chain.ts';
import type { Entry, EntryDraft } from '../../../../src/ledger/entry.ts';

export const OBSERVER = { hostname: 'gateway', version: '0.1.0' };

export function entry(draft: EntryDraft, head: Head = GENESIS): Entry {
  return entryOf(nextRow(head, { atMs: 1_760_000_000_000, ...draft }));
}
