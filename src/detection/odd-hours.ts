/**
 * Odd hours: a host that is silent at this time of the week is at work.
 *
 * Source: profile of activity by hour of the week (168 places), as in Denning, "An Intrusion-Detection Model" (1987),
 * section on activity profiles.
 * Formula: in each hour the host is active or not (connections that are not periodic by design; at least ACTIVE).
 * With w the weight of weeks watched and a of those active, the chance of activity is (a + 0.5) / (w + 1) (Jeffreys).
 * Until three weeks are watched, the same hour of all days is taken together: the chance of an hour that was silent
 * in two weeks is still above SILENT. Said when the chance, in this hour and those beside it, is below SILENT and the
 * host makes `minConnections`.
 * It abstains until `minHistory`, and on flat profiles: hosts with less than QUIET_HOURS silent hours a day.
 */
import type { Settings } from '../policy/schema/detectors.ts';
import type { Judgement } from './judgement.ts';
import { round } from './wording.ts';

export const ACTIVE = 3;
/** Times `minConnections` that make it surer. */
export const MANY = 5;
const SILENT = 0.15;
/** Silent hours a day that make a profile worth anything. */
export const QUIET_HOURS = 4;
const DAY = 24;
const WEEK = 168;
const HOUR_MS = 3_600_000;
/** Weeks watched from which on each hour of the week speaks for itself. */
const OWN_HOURS_WEEKS = 3;

/** By hour of the week (UTC, Thursday 00:00 first, as the epoch began). */
export interface Activity {
  readonly active: Float32Array;
  readonly watched: Float32Array;
}

export interface HoursFacts extends Activity {
  readonly hoursWatched: number;
  /** Hours since the epoch. */
  readonly hour: number;
  readonly connections: number;
  readonly novelty: number;
}

export function oddHours(facts: HoursFacts, settings: Settings<'oddHours'>): Judgement | undefined {
  if (facts.hoursWatched * HOUR_MS < settings.minHistory) return undefined;
  if (facts.connections < settings.minConnections) return undefined;
  const around = [-1, 0, 1].map((beside) => sameHour(facts, facts.hour + beside));
  const most = Math.max(...around.map(({ chance }) => chance));
  if (most >= SILENT) return undefined;
  const quiet = quietHours(facts);
  if (quiet < QUIET_HOURS) return undefined;
  const { active, watched } = around[1];
  return {
    confidence: Math.min(
      0.7,
      0.45 + 0.2 * facts.novelty + (facts.connections >= MANY * settings.minConnections ? 0.1 : 0),
    ),
    happened: `It made ${facts.connections} connections in the hour of ${hourText(facts.hour)} UTC.`,
    normal:
      `In this hour it was active ${round(active)} of ${round(watched)} times watched; ` +
      `${quiet} hours of its day are silent.`,
  };
}

interface Share {
  readonly active: number;
  readonly watched: number;
  readonly chance: number;
}

function sameHour(facts: HoursFacts, hour: number): Share {
  const ofWeek = ((hour % WEEK) + WEEK) % WEEK;
  const own = facts.hoursWatched >= OWN_HOURS_WEEKS * WEEK;
  return own ? share(facts, ofWeek, WEEK) : share(facts, ofWeek % DAY, DAY);
}

/** Hours of the day that are silent, all days taken together. */
export function quietHours(facts: Activity): number {
  let quiet = 0;
  for (let hour = 0; hour < DAY; hour++) if (share(facts, hour, DAY).chance < SILENT) quiet++;
  return quiet;
}

/** Of the hours of the week from `first` on, so many apart. */
function share({ active, watched }: Activity, first: number, apart: number): Share {
  let a = 0;
  let w = 0;
  for (let i = first; i < WEEK; i += apart) {
    a += active[i];
    w += watched[i];
  }
  return { active: a, watched: w, chance: (a + 0.5) / (w + 1) };
}

function hourText(hour: number): string {
  return new Date(hour * HOUR_MS).toISOString().slice(0, 13).replace('T', ' ').concat(':00');
}
