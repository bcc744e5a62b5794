/** What the ledger has of an incident: the incident itself, its decisions, what became of them. */
import type { Entry } from '../../ledger/entry.ts';
import type { LedgerQueries } from '../../ledger/queries.ts';

const MOST_ENTRIES = 1_000;
const MOST_DECISIONS = 100;

type Asked = Pick<LedgerQueries, 'entries' | 'decisions'>;

/** In order; each with its hash and the one before, so that its place in the chain can be proved. */
export function decisionTrail(ledger: Asked, incident: string): { entries: Entry[]; truncated: boolean } {
  const decisions = ledger.decisions({ incident, limit: MOST_DECISIONS });
  const about = (subject: string) => ledger.entries({ subject, limit: MOST_ENTRIES });
  const found = [incident, ...decisions.map(({ id }) => id)].flatMap(about);
  const entries = found.sort((one, other) => one.seq - other.seq);
  const truncated = entries.length > MOST_ENTRIES || decisions.length === MOST_DECISIONS;
  return { entries: entries.slice(0, MOST_ENTRIES), truncated };
}
