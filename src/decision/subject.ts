/** A target with its addresses as numbers, and the flow that gave rise to it. */
import { type Address, type Prefix, parseAddress } from '../address/address.ts';
import { hostPrefix, parsePrefix } from '../address/prefix.ts';
import type { Service } from '../incident/incident.ts';
import { formatService } from '../incident/service.ts';
import type { Target } from './decision.ts';

export interface Subject {
  readonly kind: Target['kind'];
  /** Whose traffic is blocked; null: everybody's. */
  readonly host: Address | null;
  /** To where it is blocked; null: to everywhere. */
  readonly network: Prefix | null;
  /** What is blocked; for a proposal to block a destination, the service that gave rise to it; else null. */
  readonly service: Service | null;
}

/**
 * `service` is that of the flow that gave rise to it.
 * @throws AddressError when the text of an address or prefix is none
 */
export function subjectOf(target: Target, service: Service | null = null): Subject {
  const { kind } = target;
  switch (kind) {
    case 'flow': {
      const network = hostPrefix(parseAddress(target.destination));
      return { kind, host: parseAddress(target.host), network, service: target.service };
    }
    case 'destination':
      return { kind, host: null, network: parsePrefix(target.prefix), service };
    case 'host':
      return { kind, host: parseAddress(target.host), network: null, service };
  }
}

/** For a person: `10.1.0.10 to 192.0.2.1 tcp/443`, `all traffic with 192.0.2.0/24`, `host 10.1.0.10`. */
export function describeTarget(target: Target): string {
  switch (target.kind) {
    case 'flow':
      return `${target.host} to ${target.destination} ${formatService(target.service)}`;
    case 'destination':
      return `all traffic with ${target.prefix}`;
    case 'host':
      return `host ${target.host}`;
  }
}
