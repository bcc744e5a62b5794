/** A target with its addresses as numbers, and the flow that gave rise to it. */
import { type Address, type Prefix, parseAddress } from '../address/address.ts';
import { hostPrefix, parsePrefix } from '../address/prefix.ts';
import type { Service } from '../incident/incident.ts';
import { formatService } from '../incident/service.ts';
import type { Target } from './decision.ts';

/**
 *   host      whose traffic is blocked; null: everybody's
 *   network   to where it is blocked; null: to everywhere
 *   service   what is blocked; for a proposal to block all of it, the service that gave rise to it; else null
 */
export type Subject =
  | { readonly kind: 'flow'; readonly host: Address; readonly network: Prefix; readonly service: Service }
  | {
      readonly kind: 'destination';
      readonly host: null;
      readonly network: Prefix;
      readonly service: Service | null;
    }
  | {
      readonly kind: 'host';
      readonly host: Address;
      readonly network: null;
      readonly service: Service | null;
      readonly allowTo: readonly Prefix[];
    };

/**
 * `service` is that of the flow that gave rise to it.
 * @throws AddressError when the text of an address or prefix is none
 */
export function subjectOf(target: Target, service: Service | null = null): Subject {
  switch (target.kind) {
    case 'flow': {
      const network = hostPrefix(parseAddress(target.destination));
      return { kind: 'flow', host: parseAddress(target.host), network, service: target.service };
    }
    case 'destination':
      return { kind: 'destination', host: null, network: parsePrefix(target.prefix), service };
    case 'host': {
      const allowTo = target.allowTo.map(parsePrefix);
      return { kind: 'host', host: parseAddress(target.host), network: null, service, allowTo };
    }
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
