/**
 * An incident folds what belongs together: not one a packet.
 *
 *   policyViolation, denyList, limit   all that one host does for one cause towards one destination
 *   anomalies                          all that detectors say of one host
 *
 *            observe                   quiet for long enough, or a person
 *   (none) -----------> open  ------------------------------------------> closed
 *                       |  ^
 *                       +--+ observe: count, lastSeen, services, evidence; the severity may rise
 *
 * A new observation after closing opens a new incident.
 */
import type { AnomalyDetector } from '../policy/schema/detectors.ts';
import type { DetectorName } from '../policy/schema/response.ts';

/** Of an anomaly, the detector whose evidence weighs most. */
export type Cause = DetectorName;
/** What the policy itself finds. */
export const POLICY_CAUSES = ['policyViolation', 'denyList', 'limit'] as const satisfies readonly Cause[];
export type PolicyCause = (typeof POLICY_CAUSES)[number];
/** Low and medium are for people to look at; of anomalies only high and critical act. */
export type Severity = 'low' | 'medium' | 'high' | 'critical';
export type IncidentState = 'open' | 'closed';

/** Transport protocol by its IANA number and destination port (null where the protocol has none). */
export interface Service {
  readonly protocol: number;
  readonly port: number | null;
}

/** What one detector said of one destination, or of the host as a whole. */
export interface Evidence {
  readonly detector: AnomalyDetector;
  /** null: of the host as a whole. */
  readonly destination: string | null;
  readonly service: Service | null;
  /** 0 to 1, the highest that was said. */
  readonly confidence: number;
  readonly firstSeenMs: number;
  readonly lastSeenMs: number;
  /** How often it was said. */
  readonly count: number;
  /** What happened and what is normal, as of the highest confidence: sentences with numbers. */
  readonly happened: string;
  readonly normal: string;
}

/** For the person on call; each a sentence or two. */
export interface Story {
  readonly happened: string;
  readonly normal: string;
  /** Why it matters. */
  readonly meaning: string;
  /** What to do. */
  readonly advice: string;
}

/** Plain data: it goes to the ledger, the API and alerts as it is. Addresses are canonical text. */
export interface Incident {
  /** Short and speakable, for example `I42`; unique in one ledger. */
  readonly id: string;
  readonly host: string;
  /** Host groups of the policy that hold the host. */
  readonly groups: readonly string[];
  readonly cause: Cause;
  /** The deny list's or the rule's id; null for others. */
  readonly source: string | null;
  /** What the host asked for; null once the host has too many open incidents and the rest is folded into one, and
   * for an anomaly of many destinations. */
  readonly destination: string | null;
  /** Where the packets really went when NAT changed it, else null. */
  readonly translated: string | null;
  /** At most MAX_SERVICES, in order of appearance. */
  readonly services: readonly Service[];
  readonly severity: Severity;
  /** 0 to 1: how sure it is, all evidence together. 1 for what the policy itself says. */
  readonly score: number;
  /** Flows (for limits: breaches; for anomalies: findings) folded in. */
  readonly count: number;
  readonly firstSeenMs: number;
  readonly lastSeenMs: number;
  /** When it became high or critical, the severities that act; null: it is neither. */
  readonly raisedAtMs: number | null;
  readonly state: IncidentState;
  /** Sentences with numbers, for a person. */
  readonly reasons: readonly string[];
  /** Of anomalies, the strongest first, at most MAX_EVIDENCE; else empty. */
  readonly evidence: readonly Evidence[];
  /** Of anomalies; else null. */
  readonly story: Story | null;
}

/** Whether an anomaly of this severity may lead to a block. */
export function acts(severity: Severity): boolean {
  return severity === 'high' || severity === 'critical';
}

export function isPolicyCause(cause: Cause): cause is PolicyCause {
  return POLICY_CAUSES.some((name) => name === cause);
}
