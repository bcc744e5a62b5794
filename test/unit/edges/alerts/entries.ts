/** Entries as the ledger would hand them out. */

import { type Dispatch, dispatchOf } from '../../../../src/edges/alerts/dispatch.ts';
import type { AlertSink, Subscription } from '../../../../src/edges/alerts/sink.ts';
import { entryOf, GENESIS, type Head, nextRow } from '../../../../src/ledger/chain.ts';
import type { Entry, EntryDraft } from '../../../../src/ledger/entry.ts';

export const OBSERVER = { hostname: 'gateway', version: '0.1.0' };

export function entry(draft: EntryDraft, head: Head = GENESIS): Entry {
  return entryOf(nextRow(head, { atMs: 1_760_000_000_000, ...draft }));
}

/** On its way to a sink, which it must be worth. */
export function dispatch(draft: EntryDraft, head: Head = GENESIS): Dispatch {
  const made = dispatchOf(entry(draft, head), OBSERVER);
  if (made === undefined) throw new Error(`${draft.type} is no alert`);
  return made;
}

/** Sinks that get everything as fast as they take it. */
export function everything(...sinks: AlertSink[]): Subscription[] {
  return sinks.map((sink) => ({ sink }));
}
