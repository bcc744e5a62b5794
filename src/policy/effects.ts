/**
 * What takes effect in this version. The file format is whole; a field that would do nothing is refused, never
 * ignored. To lift a refusal once the code behind it works, change its line in TAKES_EFFECT.
 */

import { ANOMALY_DETECTORS, type AnomalyDetector } from './schema/detectors.ts';
import type { PolicyDocument } from './schema/policy.ts';
import type { DetectorName } from './schema/response.ts';

const TAKES_EFFECT = {
  modes: ['audit', 'respond', 'enforce'] as readonly string[],
};

/** Detectors that never act. */
const WEIGHTS: readonly DetectorName[] = ['newDestination', 'outlier'];

type Path = readonly (string | number)[];
type Refuse = (path: Path, message: string, expected: string) => void;

const LATER = 'does not work in this version';

/** Refuse settings of the policy file itself; paths are from the top of the file. */
export function refuseSettings({ spec }: PolicyDocument, refuse: Refuse): void {
  if (!TAKES_EFFECT.modes.includes(spec.mode)) {
    refuse(['spec', 'mode'], `'${spec.mode}' ${LATER}`, TAKES_EFFECT.modes.join(' or '));
  }
  spec.response.actions.forEach(({ detector }, i) => {
    const path = ['spec', 'response', 'actions', i, 'detector'];
    if (WEIGHTS.includes(detector)) {
      refuse(path, `detector '${detector}' adds weight to others and never acts`, 'leave it out');
    } else if (isAnomaly(detector) && spec.detectors[detector] === undefined) {
      refuse(path, `detector '${detector}' is not on`, `${detector}: {} under spec.detectors`);
    }
  });
}

function isAnomaly(detector: DetectorName): detector is AnomalyDetector {
  return ANOMALY_DETECTORS.some((name) => name === detector);
}

/** Refuse names in an address set that nobody would look up; the path is from the set. */
export function refuseNames(
  set: { readonly fqdns: readonly string[] },
  { spec }: PolicyDocument,
  refuse: Refuse,
): void {
  if (spec.names !== undefined || set.fqdns.length === 0) return;
  refuse(['fqdns'], 'names stay unknown without resolvers', 'spec.names: {resolvers: [ADDRESS]}');
}
