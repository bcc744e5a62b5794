/**
 * What is held back of the contacts:
 *
 *   to a suspicious destination and service        whoever went there
 *   of hosts that are suspicious as a whole        unless somebody else of the same group went there too
 *
 * and where no network may stand for addresses, because it would let in what is held back.
 */
import type { Address, Prefix } from '../../address/address.ts';
import { AddressMap } from '../../address/address-map.ts';
import { prefixContains } from '../../address/prefix.ts';
import type { KeyRange } from '../../policy/policy.ts';
import type { Contact } from './contacts.ts';
import type { OwnHosts } from './own-hosts.ts';
import { serviceRange } from './service.ts';
import type { Suspicion } from './suspicion.ts';

interface HeldBack {
  readonly address: Address;
  readonly keys: KeyRange;
  /** null: for everybody. */
  readonly group: number | null;
}

export class Withholding {
  readonly learnt: readonly Contact[];
  /** Withheld because of the destination. */
  readonly suspicious: readonly Contact[];
  /** Withheld because of the hosts. */
  readonly ofSuspects: readonly Contact[];
  readonly #destinations = new AddressMap<KeyRange[]>();
  readonly #suspects = new Set<number>();
  readonly #heldBack: HeldBack[] = [];
  readonly #touched = new AddressMap<true>();

  constructor(contacts: Iterable<Contact>, suspicions: readonly Suspicion[], hosts: OwnHosts) {
    for (const suspicion of suspicions) this.#suspect(suspicion, hosts);
    const learnt: Contact[] = [];
    const suspicious: Contact[] = [];
    const ofSuspects: Contact[] = [];
    for (const contact of contacts) {
      if (this.isSuspicious(contact)) suspicious.push(contact);
      else if (contact.seen.hosts.isSubsetOf(this.#suspects)) {
        this.#holdBack(contact.destination, serviceRange(contact.service), contact.group);
        ofSuspects.push(contact);
      } else learnt.push(contact);
    }
    this.learnt = learnt;
    this.suspicious = suspicious;
    this.ofSuspects = ofSuspects;
  }

  /** Whether something of this address is held back. */
  touches(address: Address): boolean {
    return this.#touched.get(address) === true;
  }

  /** Tells whether a network holds an address that is held back for one of the groups and services. */
  guard(keys: KeyRange, groups: readonly number[]): (network: Prefix) => boolean {
    const addresses = this.#heldBack
      .filter((held) => held.group === null || groups.includes(held.group))
      .filter((held) => held.keys.first <= keys.last && keys.first <= held.keys.last)
      .map(({ address }) => address);
    return (network) => addresses.some((address) => prefixContains(network, address));
  }

  /** Whether a detector says something of its destination and service, whoever went there. */
  isSuspicious({ destination, service }: Contact): boolean {
    const ranges = this.#destinations.get(destination);
    return ranges?.some(({ first, last }) => first <= service && service <= last) ?? false;
  }

  #suspect({ host, destination, keys }: Suspicion, hosts: OwnHosts): void {
    if (destination === null) {
      const suspect = hosts.find(host);
      if (suspect !== undefined) this.#suspects.add(suspect.number);
      return;
    }
    const known = this.#destinations.get(destination) ?? [];
    known.push(keys);
    this.#destinations.set(destination, known);
    this.#holdBack(destination, keys, null);
  }

  #holdBack(address: Address, keys: KeyRange, group: number | null): void {
    this.#heldBack.push({ address, keys, group });
    this.#touched.set(address, true);
  }
}
