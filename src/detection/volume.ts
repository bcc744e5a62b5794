/**
 * Volume: more is sent to one destination than this host ever uploads. Bursts are seen over one hour, slow leaks over
 * a day, many destinations together by the sum of the host.
 *
 * What counts is an upload: at least `uploadRatio` bytes sent for each byte received (the acknowledgements of TCP alone
 * are one for 35 to 70). Calls, games and speed tests send more than most thefts, but get as much back: they neither
 * alarm nor raise the baseline.
 * Source: robust z-score after Iglewicz and Hoaglin, "How to Detect and Handle Outliers" (1993), on y = log1p(bytes);
 * threshold by the host's own past, not a fixed number.
 * Formula: sent >= `floor` and >= `factor` x the most that the host uploaded in a window of this length before (its
 * hours of the last week). A host that was watched for less than MIN_HOURS has no past worth the name: then the
 * most of its group (`groupMost`) counts, and without one `floor` x COLD_FACTOR, less surely.
 * Surer with each doubling above that, and when the destination is new to the host or unknown to all others. Inside
 * addresses (backups) are worth little.
 */
import type { Settings } from '../policy/schema/detectors.ts';
import { either, type Judgement } from './judgement.ts';
import { round, size, span } from './wording.ts';

/** Hours watched that make a baseline. */
export const MIN_HOURS = 24;
/** Times the floor that count for a host of which nothing is known, and nothing of its group. */
export const COLD_FACTOR = 1.5;

export interface VolumeFacts {
  /** Null: many together. */
  readonly destination: string | null;
  readonly service: string;
  readonly windowS: number;
  readonly bytesOut: number;
  readonly bytesIn: number;
  /** The most that this host uploaded in one window before, and over how many hours that is known. */
  readonly most: number;
  readonly hoursWatched: number;
  /** The same of hosts of its group; 0: not known. */
  readonly groupMost: number;
  /** Robust z-score of this window among the host's own, or null while there are too few. */
  readonly score: number | null;
  readonly inside: boolean;
  readonly novelty: number;
}

export function volume(facts: VolumeFacts, settings: Settings<'volume'>): Judgement | undefined {
  const { bytesOut, bytesIn } = facts;
  if (bytesOut < settings.floor || bytesOut < bytesIn * settings.uploadRatio) return undefined;
  const known = facts.hoursWatched >= MIN_HOURS;
  const baseline = known ? facts.most : Math.max(facts.most, facts.groupMost);
  if (bytesOut < settings.factor * baseline) return undefined;
  const cold = !known && facts.groupMost === 0;
  if (cold && bytesOut < settings.floor * COLD_FACTOR) return undefined;
  const times = bytesOut / Math.max(baseline, settings.floor / settings.factor);
  return {
    confidence: confidenceOf(facts, times, cold),
    happened:
      `It sent ${size(bytesOut)} to ${facts.destination ?? 'many destinations'} (${facts.service}) within ` +
      `${span(facts.windowS)} and got ${size(bytesIn)} back.`,
    normal: normalOf(facts, known),
  };
}

function confidenceOf({ inside, novelty }: VolumeFacts, times: number, cold: boolean): number {
  if (inside) return 0.35;
  const above = Math.min(0.6, 0.2 * Math.log2(Math.max(1, times)));
  return Math.min(0.97, either(cold ? 0.6 : 0.65, above, 0.4 * novelty));
}

function normalOf({ most, hoursWatched, groupMost, score, windowS }: VolumeFacts, known: boolean): string {
  const z = score === null ? '' : ` That is ${round(score)} robust standard deviations above its middle.`;
  if (known || hoursWatched > 0) {
    const past = `In ${span(hoursWatched * 3600)} watched it never uploaded more than ${size(most)} in ${span(windowS)}.`;
    return known ? past + z : `${past} That is short; ${groupText(groupMost)}`;
  }
  return `The host was not watched before; ${groupText(groupMost)}`;
}

function groupText(groupMost: number): string {
  return groupMost > 0
    ? `hosts of its group stay below ${size(groupMost)}.`
    : 'nothing is known of its group.';
}
