/** Settings as a policy has them that names a detector and no more: tests take their thresholds from here. */
import {
  ANOMALY_DETECTORS,
  type AnomalyDetector,
  type DetectorSettings,
  detectorsField,
  type Settings,
} from '../../../src/policy/schema/detectors.ts';

/** All detectors on. */
export const ALL_ON: Required<DetectorSettings> = allOn();

export function defaultsOf<D extends AnomalyDetector>(detector: D): Settings<D> {
  return ALL_ON[detector];
}

function allOn(): Required<DetectorSettings> {
  const named = Object.fromEntries(ANOMALY_DETECTORS.map((name) => [name, {}]));
  return detectorsField.required().parse(named);
}
