/**
 * What a person has taught: an anomaly that was looked into and is no harm. It is scoped as narrowly as the incident
 * it came from, it ends by itself, and it never speaks of a deny list.
 */
import type { AnomalyDetector } from '../policy/schema/detectors.ts';
import type { Service } from './incident.ts';

/** Plain data: it goes to the ledger and the API as it is. */
export interface Suppression {
  /** `S7`; unique in one ledger. */
  readonly id: string;
  /** The incident that was closed as false. */
  readonly incident: string;
  readonly detector: AnomalyDetector;
  readonly host: string;
  /** null: whatever the destination (the finding was of the host as a whole). */
  readonly destination: string | null;
  readonly service: Service | null;
  readonly reason: string;
  /** Who closed it. */
  readonly actor: string;
  readonly createdAtMs: number;
  readonly untilMs: number;
}
