/**
 * What a person has taught: an anomaly that was looked into and is no harm. It is scoped as narrowly as the evidence
 * it came from, it ends by itself, and it never speaks of a deny list.
 *
 *          an incident closed as false            its time is over, or another takes its place
 *   (none) ---------------------------> active ------------------------------------------------> expired
 *                                         |
 *                                         +--- a person ---------------------------------------> revoked
 */
import type { AnomalyDetector } from '../policy/schema/detectors.ts';
import type { Evidence, Incident, Service } from './incident.ts';

/** What a person says of an incident when it is closed: it was dealt with, or it never was one. */
export type Judgement = 'resolved' | 'false';

export type SuppressionState = 'active' | 'revoked' | 'expired';

/** Plain data: it goes to the ledger and the API as it is. Addresses are canonical text. */
export interface Suppression {
  /** `S7`; unique in one ledger. */
  readonly id: string;
  /** The incident that was closed as false. */
  readonly incident: string;
  readonly detector: AnomalyDetector;
  readonly host: string;
  /** null: only what the detector says of the host as a whole. */
  readonly destination: string | null;
  /** null: whatever the service. */
  readonly service: Service | null;
  readonly reason: string;
  /** Who closed it. */
  readonly actor: string;
  readonly createdAtMs: number;
  readonly untilMs: number;
  readonly state: SuppressionState;
  /** null while it is active. */
  readonly endedAtMs: number | null;
}

export interface Lesson {
  readonly actor: string;
  readonly reason: string;
  readonly atMs: number;
  readonly untilMs: number;
  /** The number of the first suppression that it makes. */
  readonly firstNumber: number;
}

/** One suppression for each piece of an incident's evidence; none where the policy speaks, not a detector. */
export function suppressionsOf({ id, host, evidence }: Incident, lesson: Lesson): Suppression[] {
  const { actor, reason, atMs, untilMs, firstNumber } = lesson;
  return evidence.map(({ detector, destination, service }: Evidence, index) => ({
    id: `S${firstNumber + index}`,
    incident: id,
    ...{ detector, host, destination, service },
    ...{ reason, actor },
    createdAtMs: atMs,
    untilMs,
    state: 'active',
    endedAtMs: null,
  }));
}

export function endSuppression(
  suppression: Suppression,
  state: Exclude<SuppressionState, 'active'>,
  atMs: number,
): Suppression {
  return { ...suppression, state, endedAtMs: atMs };
}

/** Whether both silence the same. */
export function sameScope(x: Suppression, y: Suppression): boolean {
  return (
    x.detector === y.detector &&
    x.host === y.host &&
    x.destination === y.destination &&
    x.service?.protocol === y.service?.protocol &&
    x.service?.port === y.service?.port
  );
}
