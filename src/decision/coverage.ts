/**
 * What a quarantine stops besides the address that was named: the host's station (link-layer address) on an attached
 * network, and its other addresses, of both families.
 *
 *   host 10.1.0.10 --neighbour table--> station 02:..:0a --neighbour table--> fd00:1::10, fe80::10, 10.1.0.77 ...
 *
 * It is looked at again whenever the neighbour table changes, for as long as the quarantine stands: an address that
 * the host takes later is covered as soon as it is seen. What cannot be covered is said, with a reason.
 *
 * A host may claim any address, and anybody may claim the host's, so that a claim alone covers nothing:
 *
 *   the host's address is at a new station      followed, when nobody else is known there; at most MAX_STATIONS
 *   a station that has protected addresses      not covered: a router or a name server would be cut off
 *   a station that has many addresses           not covered: others stand behind it
 *   an address that lately was elsewhere        not covered: it may be claimed, and its owner comes back
 *   a protected address                         not covered
 *   a covered address that moves elsewhere      let go: it is somebody else's now
 *
 * Of a covered station every packet is stopped, whatever address it has; so an address that is not covered only means
 * that packets to it are let through.
 */
import type { Mac } from '../neighbour/mac.ts';
import type { CoverageOrder } from './coverage-order.ts';
import { coveredAddresses } from './covered-addresses.ts';
import { coveredStations } from './covered-stations.ts';

export interface CoveredStation {
  readonly mac: Mac;
  /** Name of the link it was seen on. */
  readonly link: string;
  /** The bridge of this machine that the link is or belongs to: traffic between its ports is stopped too. */
  readonly bridge: string | null;
}

export const GAP_REASONS = [
  /** No neighbour entry: behind a router, or silent. */
  'notAttached',
  /** The neighbour table cannot be read. */
  'unknown',
  /** The link has no stations, or this is no address of one. */
  'noStation',
  'ownStation',
  'protectedStation',
  'sharedStation',
  'othersStation',
  'tooManyStations',
  'contestedAddress',
  'protectedAddress',
  'ambiguousAddress',
  'tooManyAddresses',
  /** What neighbours on a link say to each other does not pass this machine. */
  'segment',
  /** A flowtable of another table takes connections past all rules. */
  'flowtable',
] as const;
export type GapReason = (typeof GAP_REASONS)[number];

export interface Gap {
  readonly reason: GapReason;
  /** A sentence for a person: what is not covered, and why. */
  readonly text: string;
}

/** Plain data, part of the decision. Addresses are canonical text, the named host is not among them. */
export interface Coverage {
  readonly stations: readonly CoveredStation[];
  readonly addresses: readonly string[];
  /** Were covered and have moved elsewhere. */
  readonly released: readonly string[];
  readonly gaps: readonly Gap[];
}

export function cover(order: CoverageOrder): Coverage {
  const gaps: Gap[] = [];
  const stations = coveredStations(order, gaps);
  const { addresses, released } = coveredAddresses(order, stations, gaps);
  gaps.push(...segmentGaps(stations));
  return { stations, addresses, released, gaps: settled(gaps, order.before?.gaps ?? []) };
}

/**
 * Something else is covered, or something new is not. A gap that only closes is no news: one that a host opens and
 * closes at will would fill the record.
 */
export function isNews(next: Coverage, before: Coverage | undefined): boolean {
  if (before === undefined || covered(next) !== covered(before)) return true;
  return next.gaps.some(({ reason }) => !before.gaps.some((gap) => gap.reason === reason));
}

function covered({ stations, addresses, released }: Coverage): string {
  return JSON.stringify([stations, addresses, released]);
}

/** One gap a reason, and the words of before while the reason holds, so that a host cannot fill the record with them. */
function settled(gaps: readonly Gap[], before: readonly Gap[]): Gap[] {
  const first = new Map(gaps.toReversed().map((gap) => [gap.reason, gap]));
  return [...first.values()]
    .toReversed()
    .map((gap) => before.find(({ reason }) => reason === gap.reason) ?? gap);
}

/** What stays between neighbours: on a bridge of this machine nothing does. */
function segmentGaps(stations: readonly CoveredStation[]): Gap[] {
  const links = stations.filter(({ bridge }) => bridge === null).map(({ link }) => link);
  if (links.length === 0) return [];
  const text = `what it says to neighbours on ${[...new Set(links)].join(', ')} does not pass this machine and is not stopped`;
  return [{ reason: 'segment', text }];
}
