/**
 * How a connection came out, from its counters alone: that is all conntrack has.
 *
 *   nothing came back                                   unanswered
 *   TCP, one packet without data or options came back   refused: an RST (RFC 9293 section 3.10.7.1); a SYN-ACK
 *                                                       carries at least the option MSS, 4 bytes more
 *   otherwise                                           answered
 */
import type { Flow } from '../flow/flow.ts';
import { isTcp } from './surroundings.ts';

export type Outcome = 'answered' | 'unanswered' | 'refused';

/** IP and TCP header without options. */
const BARE = { 4: 40, 6: 60 } as const;

export function outcomeOf({ protocol, replied, packetsIn, bytesIn, packetsOut, destination }: Flow): Outcome {
  // Without accounting there are no counters; then only the kernel's word counts.
  if (packetsOut === 0 && packetsIn === 0) return replied ? 'answered' : 'unanswered';
  if (packetsIn === 0) return 'unanswered';
  return isTcp(protocol) && packetsIn === 1 && bytesIn <= BARE[destination.family] ? 'refused' : 'answered';
}
