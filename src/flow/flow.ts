/**
 * A flow is one connection seen from the side that is ours. The conntrack entry has two tuples; which end is ours
 * the host groups tell, and NAT tells where the packets really went:
 *
 *   original: host:hostPort -> destination:destinationPort          what the host asked for
 *   reply:    translated:translatedPort -> ...                      where it really went (differs after DNAT)
 */
import type { Address } from '../address/address.ts';

/**
 * outbound: a host of ours opened it (to anywhere, another host of ours included); inbound: somebody else opened it
 * to a host of ours; foreign: neither end is ours.
 */
export type Direction = 'outbound' | 'inbound' | 'foreign';

/** What policy judges. Read-only view that may be refilled: copy what you keep. */
export interface Flow {
  readonly direction: Direction;
  /** IP protocol number. */
  readonly protocol: number;
  /** Our end. For a foreign flow, the originator. */
  readonly host: Address;
  readonly hostPort: number;
  /** The other end as the originator named it. Ports are 0 for protocols without them. */
  readonly destination: Address;
  readonly destinationPort: number;
  /** The other end after NAT; equal to `destination` without NAT. */
  readonly translated: Address;
  readonly translatedPort: number;
  /** ICMP and ICMPv6 only, else -1. */
  readonly icmpType: number;
  readonly icmpCode: number;
  /** Milliseconds since the epoch, fraction kept; 0 when the kernel did not say. */
  readonly startedAtMs: number;
  readonly lastSeenAtMs: number;
  /** The peer has answered (IPS_SEEN_REPLY). */
  readonly replied: boolean;
  readonly bytesOut: number;
  readonly bytesIn: number;
  readonly packetsOut: number;
  readonly packetsIn: number;
}

/** What changed by one observation. Deltas are bytes and packets since the observation before, never negative. */
export interface FlowChange {
  readonly kind: 'started' | 'progressed' | 'ended';
  readonly flow: Flow;
  readonly bytesOut: number;
  readonly bytesIn: number;
  readonly packetsOut: number;
  readonly packetsIn: number;
}
