/** Bundles for who asks: from the ledger, as it is now. */
import type { LedgerQueries } from '../../../ledger/queries.ts';
import type { Observer } from '../dispatch.ts';
import { type StixBundle, stixBundle } from './bundle.ts';

/** Blocks of one incident that are told; the newest. */
const MOST_DECISIONS = 100;

/** undefined: there is no such incident. */
export function exportStix(
  ledger: Pick<LedgerQueries, 'incident' | 'decisions'>,
  observer: Observer,
  id: string,
): StixBundle | undefined {
  const incident = ledger.incident(id);
  if (incident === undefined) return undefined;
  const decisions = ledger.decisions({ incident: incident.id, limit: MOST_DECISIONS });
  return stixBundle(incident, decisions.toReversed(), observer);
}
