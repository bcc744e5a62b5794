/**
 * An incident folds all that one host does for one cause towards one destination: not one a packet.
 *
 *            observe                   quiet for QUIET_MS, or a person
 *   (none) -----------> open  ------------------------------------------> closed
 *                       |  ^
 *                       +--+ observe: count, lastSeen, services
 *
 * A new observation after closing opens a new incident.
 */
export type Cause = 'policyViolation' | 'denyList' | 'limit';
export type Severity = 'low' | 'medium' | 'high' | 'critical';
export type IncidentState = 'open' | 'closed';

/** Transport protocol by its IANA number and destination port (null where the protocol has none). */
export interface Service {
  readonly protocol: number;
  readonly port: number | null;
}

/** Plain data: it goes to the ledger, the API and alerts as it is. Addresses are canonical text. */
export interface Incident {
  /** Short and speakable, for example `I42`; unique in one ledger. */
  readonly id: string;
  readonly host: string;
  /** Host groups of the policy that hold the host. */
  readonly groups: readonly string[];
  readonly cause: Cause;
  /** The deny list's or the rule's id; null for a policy violation. */
  readonly source: string | null;
  /** What the host asked for; null once the host has too many open incidents and the rest is folded into one. */
  readonly destination: string | null;
  /** Where the packets really went when NAT changed it, else null. */
  readonly translated: string | null;
  /** At most MAX_SERVICES, in order of appearance. */
  readonly services: readonly Service[];
  readonly severity: Severity;
  /** Flows (for limits: breaches) folded in. */
  readonly count: number;
  readonly firstSeenMs: number;
  readonly lastSeenMs: number;
  readonly state: IncidentState;
  /** Sentences with numbers, for a person. */
  readonly reasons: readonly string[];
}
