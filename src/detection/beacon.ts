/**
 * Beacon: a program reports to one address by a timer, as malware asks its controller for orders.
 *
 * Source: the timer test of timing.ts; the constancy of sizes after RITA (Active Countermeasures, "Real Intelligence
 * Threat Analytics", analysis of connections: time stamps, data sizes).
 * Formula: over the last beats of one address and port, that are answered,
 *   ratio      timer against chance; at least ln 4,096
 *   constancy  share of beats whose bytes out (and in) are the same, within 2 % or 16 bytes of their median: who asks
 *              whether there is something to do always says the same, who works does not
 *   likeness   share within a quarter of their median: sizes padded or drawn from a range
 * Much honest software does just that: updates, telemetry, connectivity checks. So a timer with constancy 0.8 is worth
 * a look (0.6), with likeness 0.9 a note (0.4), and with less nothing. What makes it surer:
 *   drawn      the pauses are spread over a bounded range (spread 0.03 to 0.35 with 95 % inside): honest timers tick
 *              exactly or are late without bound, only who wants to hide draws lots
 *   unusual    a port that is not the web's
 *   patient    40 beats and 12 hours
 *   new        the host was watched for a while before it began
 * An address inside is worth little (monitoring, file servers). Services that ask regularly by design (surroundings.ts)
 * are never looked at.
 */
import type { Settings } from '../policy/schema/detectors.ts';
import { either, type Judgement } from './judgement.ts';
import type { Timing } from './timing.ts';
import { percent, size as sizeText, span } from './wording.ts';

const REGULAR = Math.log(4_096);
const CONSTANT = 0.8;
const ALIKE = 0.9;
const DRAWN = { least: 0.03, most: 0.35, inside: 0.95, pauses: 14 };
const PATIENT = { beats: 40, spanS: 12 * 3_600 };

/** Cheap to tell, and mostly no: sizes are looked at only then. */
export function isTimed({ ratio }: Timing): boolean {
  return ratio >= REGULAR;
}

export interface Sizes {
  readonly medianBytes: number;
  /** Share of the beats within 2 % or 16 bytes of the median. */
  readonly constancy: number;
  /** Share of the beats within a quarter of the median. */
  readonly likeness: number;
}

export interface BeaconFacts {
  readonly service: string;
  readonly destination: string;
  /** All in all, of which the timing is over the last. */
  readonly beats: number;
  readonly spanS: number;
  readonly timing: Timing;
  readonly out: Sizes;
  readonly in: Sizes;
  readonly web: boolean;
  readonly inside: boolean;
  /** 0 to 1: how new the destination is for a host that is known well, see new-destination.ts. */
  readonly novelty: number;
}

export function beacon(
  facts: BeaconFacts,
  { minBeats, minPeriod, maxPeriod }: Settings<'beacon'>,
): Judgement | undefined {
  const { beats, timing, out } = facts;
  const periodMs = timing.medianS * 1000;
  if (beats < minBeats || periodMs < minPeriod || periodMs > maxPeriod) return undefined;
  if (!isTimed(timing) || Math.min(out.likeness, facts.in.likeness) < ALIKE) return undefined;
  return {
    confidence: confidenceOf(facts),
    happened:
      `It connected to ${facts.destination} ${facts.service} ${beats} times in ${span(facts.spanS)}, ` +
      `every ${span(timing.medianS)} (spread ${percent(timing.spread)}), ` +
      `sending ${sizeText(out.medianBytes)} and getting ${sizeText(facts.in.medianBytes)} most times.`,
    normal:
      `Of pauses between visits that nobody times, about 35 % lie within half and one and a half of their middle; ` +
      `here it is ${percent(timing.inside)} of ${timing.pauses}. Sizes that people cause differ; ` +
      `here ${percent(out.constancy)} are the same, ${percent(out.likeness)} alike.`,
  };
}

function confidenceOf(facts: BeaconFacts): number {
  const { timing, web, inside, beats, spanS, novelty } = facts;
  if (inside) return 0.3;
  const constant = Math.min(facts.out.constancy, facts.in.constancy) >= CONSTANT;
  const drawn = isDrawn(timing);
  const patient = beats >= PATIENT.beats && spanS >= PATIENT.spanS;
  return Math.min(
    0.95,
    either(
      constant ? 0.6 : 0.4,
      drawn ? 0.5 : 0,
      web ? 0 : constant ? 0.5 : 0.4,
      patient && (constant || drawn) ? 0.25 : 0,
      (constant ? 0.5 : 0.3) * novelty,
    ),
  );
}

function isDrawn({ spread, inside, pauses }: Timing): boolean {
  const { least, most } = DRAWN;
  return spread >= least && spread <= most && inside >= DRAWN.inside && pauses >= DRAWN.pauses;
}
