/**
 * Fan-out: a host goes to far more new places in an hour than it ever did, or to many on one service that is not the
 * web's (mass mail, worms that are answered).
 *
 * Source: Schechter, Jung, Berger, "Fast Detection of Scanning Worm Infections" (2004), on the rate of first contacts.
 * Formula: new destinations in the running hour >= `floor` and >= `factor` x the most of any hour before, for hosts
 * that were watched for `minHistory`; or SAME_SERVICE new outside addresses on one service within an hour, where
 * clients of honest services use a handful.
 */
import type { Settings } from '../policy/schema/detectors.ts';
import type { Judgement } from './judgement.ts';
import { round, span } from './wording.ts';

/** New outside addresses on one service within an hour: needs no past. */
export const SAME_SERVICE = 30;

export interface FanOutFacts {
  /** Destinations not known before, in the running hour. */
  readonly newDestinations: number;
  /** The most of any hour before. */
  readonly most: number;
  readonly hoursWatched: number;
  /** The service, not the web's and not periodic by design, with the most new outside addresses within an hour. */
  readonly service: string;
  readonly sameService: number;
}

/** How sure it is, before it is put into words; 0: not at all. */
export function fanOutConfidence(
  { newDestinations, most, hoursWatched, sameService }: Omit<FanOutFacts, 'service'>,
  { factor, floor, minHistory }: Settings<'fanOut'>,
): number {
  if (sameService >= SAME_SERVICE) return sameService >= 2 * SAME_SERVICE ? 0.8 : 0.6;
  const young = hoursWatched * 3_600_000 < minHistory;
  return young || newDestinations < floor || newDestinations < factor * most ? 0 : 0.5;
}

export function fanOut(facts: FanOutFacts, settings: Settings<'fanOut'>): Judgement | undefined {
  const { newDestinations, most, hoursWatched, service, sameService } = facts;
  const confidence = fanOutConfidence(facts, settings);
  if (confidence === 0) return undefined;
  if (sameService >= SAME_SERVICE) {
    return {
      confidence,
      happened: `It opened ${service} to ${sameService} addresses that it had not used before, within an hour.`,
      normal: `Clients of ${service} use a handful of servers, the same ones again.`,
    };
  }
  return {
    confidence,
    happened: `It went to ${newDestinations} destinations in an hour that it had not used before.`,
    normal: `In ${span(hoursWatched * 3600)} watched it never went to more than ${round(most)} new ones in an hour.`,
  };
}
