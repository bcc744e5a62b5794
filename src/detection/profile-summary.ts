/** What is known of one host, for a person. */
import { type Address, compareAddresses } from '../address/address.ts';
import { Foremost } from '../flow/foremost.ts';
import type { DetectorSettings } from '../policy/schema/detectors.ts';
import {
  ANSWERED,
  FIRST_SEEN,
  HOUR,
  HOUR_CONNECTIONS,
  HOUR_NEW,
  HOUR_OUT,
  HOURS_WATCHED,
  type HostProfile,
  LAST_SEEN,
  SUSPICION,
  SUSPICIOUS,
} from './host-profile.ts';
import { HOURS } from './profile-layout.ts';
import { type Host, isEstablished, type ProfileStore } from './profile-store.ts';
import { type Circumstances, type Readiness, readinessOf, warmingOf } from './readiness.ts';
import { HOUR_MS } from './sight.ts';
import { DAY_HOURS, mostIn } from './upload-watch.ts';

/** Times are ms since the epoch. */
interface ProfileFacts {
  readonly firstSeenMs: number;
  readonly lastSeenMs: number;
  /** Hours that were watched, those in which it was silent too, until it was last seen. */
  readonly hoursWatched: number;
  /** Connections that something answered. */
  readonly answered: number;
  /** The score of its open incident; 0 without one. */
  readonly suspicion: number;
  /** slowed: it is suspicious, so what it does more than before teaches nothing. */
  readonly learning: 'full' | 'slowed';
}

/** One of many. */
export interface ProfileLine extends ProfileFacts {
  /** Detectors that are on and still wait for hours. */
  readonly warming: readonly Readiness['name'][];
}

export interface ProfileSummary extends ProfileFacts {
  /** Something has answered it a few times, so that it counts among the hosts. */
  readonly established: boolean;
  /** The most bytes of uploads of the last week; `day` is null until there is one before the running one. */
  readonly mostUploaded: { readonly hour: number; readonly day: number | null };
  readonly runningHour: RunningHour;
  /** By hour of the week, UTC, Monday 00:00 first: the share of weeks in which it was active; null: not watched. */
  readonly activity: readonly (number | null)[];
  /** Destinations and services that are followed over time. */
  readonly tracks: number;
  readonly knownDestinations: number;
  readonly detectors: readonly Readiness[];
}

interface RunningHour {
  readonly connections: number;
  /** Destinations that were not known before. */
  readonly newDestinations: number;
  /** All bytes sent, uploads or not. */
  readonly bytesOut: number;
}

/** A profile's week begins on a Thursday, as the epoch did. */
const MONDAY = 4 * 24;

export function summarize(
  host: Host,
  settings: DetectorSettings,
  circumstances: Circumstances,
): ProfileSummary {
  const { profile } = host;
  const { head, tracks, destinations } = profile;
  const wholeDay = head[HOURS_WATCHED] >= 2 * DAY_HOURS;
  return {
    ...factsOf(profile),
    established: isEstablished(host),
    mostUploaded: { hour: mostIn(profile, 1), day: wholeDay ? mostIn(profile, DAY_HOURS) : null },
    runningHour: runningHour(profile, circumstances.nowMs),
    activity: activityOf(profile),
    tracks: tracks.size,
    knownDestinations: destinations.size,
    detectors: readinessOf(host, settings, circumstances),
  };
}

export function summarizeShortly(host: Host, settings: DetectorSettings, nowMs: number): ProfileLine {
  return { ...factsOf(host.profile), warming: warmingOf(host, settings, nowMs) };
}

export type HostOrder = 'lastSeen' | 'suspicion';

/** Where a host stands in its order: by `key`, the highest first, and by its address among equals. */
export interface HostPlace {
  readonly key: number;
  readonly address: Address;
}

export interface ListedHost {
  readonly place: HostPlace;
  readonly host: Host;
}

export interface HostQuery {
  readonly order?: HostOrder;
  readonly limit: number;
  /** Only hosts behind this place. */
  readonly after?: HostPlace | undefined;
  readonly accept?: ((host: Host) => boolean) | undefined;
}

/** Looked at between two pauses: some microseconds' worth. */
const HOSTS_A_PIECE = 32;

/**
 * Established hosts, at most `limit`; without an order the one seen last first. With pauses in which hosts may be seen,
 * found and forgotten: the place of each is that of the moment when it was looked at.
 */
export function* listedHosts(
  store: ProfileStore,
  { order, limit, after, accept = () => true }: HostQuery,
): Generator<void, ListedHost[]> {
  const chosen = new Foremost<ListedHost>(limit, (one, other) => comparePlaces(one.place, other.place));
  for (const [n, host] of store.all().entries()) {
    if (n % HOSTS_A_PIECE === 0) yield;
    const place = placeOfHost(host, order);
    if ((after === undefined || comparePlaces(place, after) > 0) && accept(host)) chosen.add({ place, host });
  }
  return chosen.inOrder();
}

function placeOfHost({ address, profile }: Host, order: HostOrder = 'lastSeen'): HostPlace {
  return { key: profile.head[order === 'lastSeen' ? LAST_SEEN : SUSPICION], address };
}

function comparePlaces(one: HostPlace, other: HostPlace): number {
  return other.key - one.key || compareAddresses(one.address, other.address);
}

function factsOf({ head }: HostProfile): ProfileFacts {
  return {
    firstSeenMs: head[FIRST_SEEN],
    lastSeenMs: head[LAST_SEEN],
    hoursWatched: head[HOURS_WATCHED],
    answered: head[ANSWERED],
    suspicion: head[SUSPICION],
    learning: head[SUSPICION] >= SUSPICIOUS ? 'slowed' : 'full',
  };
}

/** The sums are those of the hour in which the host was last seen. */
function runningHour({ head }: HostProfile, nowMs: number): RunningHour {
  const isNow = head[HOUR] === Math.floor(nowMs / HOUR_MS);
  const sum = (place: number) => (isNow ? head[place] : 0);
  return {
    connections: sum(HOUR_CONNECTIONS),
    newDestinations: sum(HOUR_NEW),
    bytesOut: sum(HOUR_OUT),
  };
}

function activityOf({ active, watched }: HostProfile): (number | null)[] {
  return Array.from({ length: HOURS }, (_, hour) => {
    const ofWeek = (hour + MONDAY) % HOURS;
    return watched[ofWeek] > 0 ? active[ofWeek] / watched[ofWeek] : null;
  });
}
