/**
 * The entries of a time. The ledger has no index by time, but its numbers rise with it: where the time begins is found
 * by halving. A clock that was set back makes numbers and times disagree for a while, so some entries before and after
 * are looked at too.
 */
import type { Entry } from '../../ledger/entry.ts';
import type { LedgerQueries } from '../../ledger/queries.ts';
import type { Period } from './input.ts';

const PAGE = 500;
/** How far a clock may have been set back. */
const SLACK_MS = 2 * 3_600_000;

export type LedgerPart = Pick<LedgerQueries, 'entry' | 'entries' | 'head'>;

export function* entriesOf(ledger: LedgerPart, { fromMs, toMs }: Period): Generator<Entry> {
  let after = seqBefore(ledger, fromMs - SLACK_MS);
  for (;;) {
    const page = ledger.entries({ after, limit: PAGE });
    for (const entry of page) if (entry.atMs >= fromMs && entry.atMs < toMs) yield entry;
    const last = page.at(-1);
    if (last === undefined || page.every(({ atMs }) => atMs > toMs + SLACK_MS)) return;
    after = last.seq;
  }
}

/** A number that lies before all entries from a time on. */
function seqBefore(ledger: LedgerPart, atMs: number): number {
  let low = 0;
  let high = ledger.head().seq;
  while (low < high) {
    const middle = Math.floor((low + high + 1) / 2);
    const entry = ledger.entry(middle);
    if (entry !== undefined && entry.atMs < atMs) low = middle;
    else high = middle - 1;
  }
  return low;
}
