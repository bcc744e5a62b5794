/**
 * Long-lived connection: one that stands for many hours, as remote control and tunnels do. So do push services and
 * chats, on the web's port and others: a weight for other evidence.
 *
 * Source: RITA's analysis of long connections.
 * Formula: older than `longerThan`, with both sides sending, to the outside. 0.2 on the web's port, 0.4 elsewhere,
 * a little more where the host has never been.
 */
import type { Settings } from '../policy/schema/detectors.ts';
import type { Judgement } from './judgement.ts';
import { size, span } from './wording.ts';

export interface LongFacts {
  readonly service: string;
  readonly destination: string;
  readonly ageS: number;
  readonly bytesOut: number;
  readonly bytesIn: number;
  readonly web: boolean;
  readonly inside: boolean;
  readonly novelty: number;
}

export function longConnection(
  { service, destination, ageS, bytesOut, bytesIn, web, inside, novelty }: LongFacts,
  { longerThan }: Settings<'longConnection'>,
): Judgement | undefined {
  if (inside || ageS * 1000 < longerThan || bytesOut === 0 || bytesIn === 0) return undefined;
  return {
    confidence: (web ? 0.2 : 0.4) + 0.1 * novelty,
    happened:
      `One connection to ${destination} ${service} has stood for ${span(ageS)}, ` +
      `${size(bytesOut)} out and ${size(bytesIn)} in.`,
    normal: `Most connections end within minutes; of those older than ${span(longerThan / 1000)} most are push services.`,
  };
}
