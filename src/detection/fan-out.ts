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

export function fanOut(
  { newDestinations, most, hoursWatched, service, sameService }: FanOutFacts,
  { factor, floor, minHistory }: Settings<'fanOut'>,
): Judgement | undefined {
  if (sameService >= SAME_SERVICE) {
    return {
      confidence: sameService >= 2 * SAME_SERVICE ? 0.8 : 0.6,
      happened: `It opened ${service} to ${sameService} addresses that it had not used before, within an hour.`,
      normal: `Clients of ${service} use a handful of servers, the same ones again.`,
    };
  }
  if (hoursWatched * 3_600_000 < minHistory || newDestinations < floor || newDestinations < factor * most) {
    return undefined;
  }
  return {
    confidence: 0.5,
    happened: `It went to ${newDestinations} destinations in an hour that it had not used before.`,
    normal: `In ${span(hoursWatched * 3600)} watched it never went to more than ${round(most)} new ones in an hour.`,
  };
}
