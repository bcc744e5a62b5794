/**
 * Entries are never rewritten, so a ledger holds incidents as the version of their time knew them. The bodies of
 * entries are told as they were recorded; whoever wants the incident gets it with neutral values for what came later.
 *
 *   0.1   without score, raisedAtMs, evidence and story
 */
import type { Incident } from '../incident/incident.ts';

/** There were no anomalies then, and of what the policy says it is sure. */
const SINCE_0_1 = { score: 1, raisedAtMs: null, evidence: [], story: null } as const;

export function completed(incident: Incident): Incident {
  return 'score' in incident ? incident : { ...SINCE_0_1, ...(incident as Incident) };
}
