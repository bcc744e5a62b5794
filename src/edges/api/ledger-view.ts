/** What the API reads of the ledger. */
import type { Decision, DecisionState } from '../../decision/decision.ts';
import type { Incident, IncidentState } from '../../incident/incident.ts';
import type { Entry } from '../../ledger/entry.ts';
import type { Revision } from '../../ledger/revision.ts';
import type { PolicySources } from '../../policy/policy.ts';

/** Newest first; `before` is the number in the id of the last one seen. */
export interface Page {
  readonly before?: number | undefined;
  readonly limit: number;
}

export interface LedgerView {
  headSeq(): number;
  /** Oldest first, those with a higher seq than `after`. */
  entries(after: number, limit: number): Entry[];
  incidents(page: Page & { state?: IncidentState | undefined }): Incident[];
  incident(id: string): Incident | undefined;
  decisions(page: Page & { state?: DecisionState | undefined; incident?: string | undefined }): Decision[];
  decision(id: string): Decision | undefined;
  revisions(page: Page): Revision[];
  revision(number: number): Revision | undefined;
  policySources(digest: string): PolicySources | undefined;
}
