/** One attack on one stage: played through the product, and what it said of the host. */
import { formatAddress } from '../../../src/address/address.ts';
import type { RecordedFlow } from '../../../src/flow/recorded/recorded-flow.ts';
import { acts, type Evidence, type Incident } from '../../../src/incident/incident.ts';
import { DAY_MS, HOST, HOUR_MS } from './background.ts';
import { Draw } from './draw.ts';
import type { Scene } from './scene.ts';
import type { Stage } from './stage.ts';

export interface Experiment {
  /** `beacon`, `scan`, ... */
  readonly kind: string;
  readonly variant: string;
  readonly strength: string;
  /** Days that the host is watched before the day on which the attack begins, at any time of it. */
  readonly historyDays: number;
  /** An attack is over this long after it began. */
  readonly lengthMs: number;
  /** None: it cannot be done on this background. */
  readonly attack: (scene: Scene, draw: Draw) => RecordedFlow[];
}

export interface Outcome {
  /** From the first flow of the attack to a high or critical incident that names it; null: there was none. */
  readonly detectedAfterMs: number | null;
  /** The same to the first evidence of an incident of any severity. */
  readonly noticedAfterMs: number | null;
  /** What was said of the attack: `beacon 0.60`, the surest first. */
  readonly evidence: readonly string[];
}

/** Time that a detector has after the last flow. */
const REST_MS = HOUR_MS;

/** Undefined: the attack cannot be done on this background. */
export function run(stage: Stage, experiment: Experiment): Outcome | undefined {
  const attack = attackOf(stage, experiment);
  if (attack.length === 0) return undefined;
  const endMs = Math.max(...attack.map(({ startedAtMs, durationMs }) => startedAtMs + durationMs)) + REST_MS;
  return outcomeOf(attack, stage.play(attack, endMs), stage.undisturbed);
}

export function attackOf({ background, silentHours, seed }: Stage, experiment: Experiment): RecordedFlow[] {
  const { kind, variant, strength, historyDays, lengthMs } = experiment;
  const draw = new Draw(background.name, kind, variant, strength, seed);
  const startMs = background.firstMs + (historyDays + draw.uniform(0, 1)) * DAY_MS;
  return experiment.attack({ host: HOST, background, silentHours, startMs, endMs: startMs + lengthMs }, draw);
}

/**
 * An incident names the attack when it has evidence, after the attack began, of one of its destinations or of the host
 * as a whole, that is stronger than what was said when nothing was wrong. What was raised before the attack, or without
 * it at the same moment, does not count.
 */
export function outcomeOf(
  attack: readonly RecordedFlow[],
  incidents: readonly Incident[],
  undisturbed: readonly Incident[],
): Outcome {
  const firstMs = Math.min(...attack.map(({ startedAtMs }) => startedAtMs));
  const targets = new Set(attack.map(({ destination }) => formatAddress(destination)));
  const before = confidences(undisturbed);
  const raisedAnyway = new Set(undisturbed.map(({ raisedAtMs }) => raisedAtMs));
  const names = ({ destination, lastSeenMs }: Evidence) =>
    lastSeenMs >= firstMs && (destination === null || targets.has(destination));
  const stronger = (evidence: Evidence) => evidence.confidence > (before.get(keyOf(evidence)) ?? 0);
  const naming = incidents
    .map((incident) => ({
      incident,
      evidence: incident.evidence.filter((each) => names(each) && stronger(each)),
    }))
    .filter(({ evidence }) => evidence.length > 0);
  const raised = naming.flatMap(({ incident: { severity, raisedAtMs } }) =>
    acts(severity) && raisedAtMs !== null && !raisedAnyway.has(raisedAtMs) ? raisedAtMs - firstMs : [],
  );
  const said = naming.flatMap(({ evidence }) => evidence);
  return {
    detectedAfterMs: least(raised.filter((afterMs) => afterMs >= 0)),
    noticedAfterMs: least(said.map(({ firstSeenMs }) => Math.max(0, firstSeenMs - firstMs))),
    evidence: said
      .toSorted((x, y) => y.confidence - x.confidence)
      .map(({ detector, confidence }) => `${detector} ${confidence.toFixed(2)}`),
  };
}

/** The highest of each detector and destination. */
function confidences(incidents: readonly Incident[]): Map<string, number> {
  const highest = new Map<string, number>();
  for (const evidence of incidents.flatMap((incident) => incident.evidence)) {
    const key = keyOf(evidence);
    highest.set(key, Math.max(evidence.confidence, highest.get(key) ?? 0));
  }
  return highest;
}

function keyOf({ detector, destination }: Evidence): string {
  return `${detector} ${destination}`;
}

function least(values: readonly number[]): number | null {
  return values.length === 0 ? null : Math.min(...values);
}
