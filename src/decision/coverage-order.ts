/** What the coverage of a quarantine is computed from. */
import type { Address } from '../address/address.ts';
import type { Mac } from '../neighbour/mac.ts';
import type { Link } from '../neighbour/neighbour.ts';
import { isLinkLocal, type Sighting } from '../neighbour/neighbour-book.ts';
import type { Coverage } from './coverage.ts';

/** What is known of attached networks. */
export interface Attachment {
  find(address: Address, interfaceIndex?: number): Sighting | undefined;
  at(mac: Mac): readonly Sighting[];
  link(index: number): Link | undefined;
  links(): Iterable<Link>;
  bridgeOf(index: number): Link | undefined;
  /** One of this machine's own. */
  isOurs(mac: Mac): boolean;
}

export interface CoverageOrder {
  readonly host: Address;
  readonly before: Coverage | undefined;
  readonly attachment: Attachment;
  /** Why an address must not be cut off; undefined when it may. */
  readonly protection: (address: Address) => string | undefined;
  /** How many addresses may be covered besides the host's; each costs elements. */
  readonly maxAddresses: number;
  readonly nowMs: number;
}

/** Where an address is; a link-local one may be on several links, each time of another host. */
export function sightingsOf(address: Address, attachment: Attachment): Sighting[] {
  if (!isLinkLocal(address)) {
    const sighting = attachment.find(address);
    return sighting ? [sighting] : [];
  }
  return [...attachment.links()].flatMap(({ index }) => attachment.find(address, index) ?? []);
}
