/**
 * From evidence to one score and a severity.
 *
 *   of one detector and destination   the highest confidence
 *   of one destination                1 - product of (1 - confidence): independent reasons (noisy-or, Pearl 1988)
 *   of the host                       the strongest destination in full, the others at ELSEWHERE of their worth:
 *                                     suspicions of different things do not prove each other
 *
 *   score    0.3      0.5        0.8       0.95
 *       (none)   low     medium      high       critical
 *
 * Weights (new destination, outlier) add to others, and are nothing alone.
 */
import type { AnomalyDetector } from '../policy/schema/detectors.ts';
import type { Evidence, Severity } from './incident.ts';

const ELSEWHERE = 0.3;
const LEVELS: readonly (readonly [number, Severity])[] = [
  [0.95, 'critical'],
  [0.8, 'high'],
  [0.5, 'medium'],
  [0.3, 'low'],
];
const WEIGHTS: readonly AnomalyDetector[] = ['newDestination', 'outlier'];

export function isWeight(detector: AnomalyDetector): boolean {
  return WEIGHTS.includes(detector);
}

export function scoreOf(evidence: Iterable<Evidence>): number {
  const destinations = new Map<string | null, Map<AnomalyDetector, number>>();
  let speaks = false;
  for (const { detector, destination, confidence } of evidence) {
    speaks ||= !isWeight(detector);
    const detectors = destinations.get(destination) ?? new Map<AnomalyDetector, number>();
    destinations.set(
      destination,
      detectors.set(detector, Math.max(confidence, detectors.get(detector) ?? 0)),
    );
  }
  if (!speaks) return 0;
  const doubts = [...destinations.values()].map((detectors) =>
    [...detectors.values()].reduce((doubt, confidence) => doubt * (1 - confidence), 1),
  );
  const [strongest, ...others] = doubts.sort((x, y) => x - y);
  return 1 - others.reduce((doubt, other) => doubt * (1 - ELSEWHERE * (1 - other)), strongest);
}

/** Undefined: not worth an incident. */
export function severityOf(score: number): Severity | undefined {
  return LEVELS.find(([least]) => score >= least)?.[1];
}
