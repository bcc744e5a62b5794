/**
 * Who was asked for what: one contact a host group, service and destination. What is beyond the limit is not kept,
 * so that a recording of a flood of addresses takes no more memory than any other.
 */
import { type Address, copyAddress } from '../../address/address.ts';
import { AddressMap } from '../../address/address-map.ts';
import type { RecordedFlow } from '../../flow/recorded/recorded-flow.ts';
import type { Host } from './own-hosts.ts';
import { Sightings } from './sightings.ts';

export interface Contact {
  /** Place of the host group. */
  readonly group: number;
  /** First key of the service, see service.ts. */
  readonly service: number;
  readonly destination: Address;
  /** The same for the same service and destination, whatever the group. */
  readonly peer: number;
  readonly seen: Sightings;
}

export const MAX_CONTACTS = 2 ** 18;
const SERVICES = 2 ** 24;

export class Contacts {
  readonly #limit: number;
  readonly #destinations = new AddressMap<number>();
  /** By group, then by peer. */
  readonly #groups: Map<number, Contact>[] = [];
  #size = 0;

  constructor(limit = MAX_CONTACTS) {
    this.#limit = limit;
  }

  /** False when it is one too many. */
  see(flow: RecordedFlow, host: Host, service: number): boolean {
    const contact = this.#findOrMake(flow.destination, host.group, service);
    contact?.seen.see(flow, host.number);
    return contact !== undefined;
  }

  /** In order of first appearance within each group. */
  *all(): Generator<Contact> {
    for (const group of this.#groups) if (group !== undefined) yield* group.values();
  }

  find(destination: Address, group: number, service: number): Contact | undefined {
    const known = this.#destinations.get(destination);
    return known === undefined ? undefined : this.#groups[group]?.get(known * SERVICES + service);
  }

  #findOrMake(destination: Address, group: number, service: number): Contact | undefined {
    const known = this.#destinations.get(destination);
    const peer = (known ?? this.#destinations.size) * SERVICES + service;
    this.#groups[group] ??= new Map();
    const contacts = this.#groups[group];
    const contact = contacts.get(peer);
    if (contact !== undefined || this.#size >= this.#limit) return contact;
    const made = { group, service, destination: copyAddress(destination), peer, seen: new Sightings() };
    if (known === undefined) this.#destinations.set(made.destination, this.#destinations.size);
    contacts.set(peer, made);
    this.#size++;
    return made;
  }
}
