/**
 * The last addresses and services that one host tried for the first time, and what came of it, as a ring:
 *
 *   address key u32 | service u32 | minutes since the epoch << 2 | inside << 1 | failed
 */
import { type HostProfile, NEXT_CONTACT } from './host-profile.ts';
import { CONTACT, CONTACTS, CONTACTS_AT } from './profile-layout.ts';

const FAILED = 1;
const INSIDE = 2;

export interface Contact {
  readonly address: number;
  readonly service: number;
  readonly minute: number;
  readonly failed: boolean;
  readonly inside: boolean;
}

/** What the ring says about one contact's address and service. */
export interface ContactCounts {
  contacts: number;
  failed: number;
  /** Different addresses that failed on this service, services that failed at this address. */
  hosts: number;
  ports: number;
  /** Of all contacts, those with other addresses than this one. */
  elsewhere: number;
  /** Different outside addresses on this service since `recent`, whatever came of it. */
  outside: number;
  /** The earliest that is counted. */
  sinceMinute: number;
}

export class FirstContacts {
  readonly #counts: ContactCounts = {
    contacts: 0,
    failed: 0,
    hosts: 0,
    ports: 0,
    elsewhere: 0,
    outside: 0,
    sinceMinute: 0,
  };

  /** Note a contact; false when the ring has one with this address and service already. */
  note(profile: HostProfile, contact: Contact): boolean {
    const { u32: contacts, f64 } = profile;
    const address = contact.address >>> 0;
    const { service } = contact;
    const first = profile.word + CONTACTS_AT;
    for (let at = first; at < first + CONTACTS * CONTACT; at += CONTACT) {
      if (contacts[at] === address && contacts[at + 1] === service && contacts[at + 2] !== 0) return false;
    }
    const next = f64[profile.at + NEXT_CONTACT];
    const at = first + next * CONTACT;
    contacts[at] = address;
    contacts[at + 1] = service;
    contacts[at + 2] = (contact.minute << 2) | (contact.inside ? INSIDE : 0) | (contact.failed ? FAILED : 0);
    f64[profile.at + NEXT_CONTACT] = next + 1 < CONTACTS ? next + 1 : 0;
    return true;
  }

  /** Count those since a minute. An address and service are there at most once, so that all counts are of different ones. */
  count(
    { u32: contacts, word }: HostProfile,
    { address, service }: Pick<Contact, 'address' | 'service'>,
    sinceMinute: number,
    recentMinute: number,
  ): Readonly<ContactCounts> {
    const counts = this.#counts;
    const wanted = address >>> 0;
    counts.contacts = counts.failed = counts.hosts = counts.ports = counts.elsewhere = counts.outside = 0;
    counts.sinceMinute = Number.POSITIVE_INFINITY;
    const first = word + CONTACTS_AT;
    for (let at = first; at < first + CONTACTS * CONTACT; at += CONTACT) {
      const state = contacts[at + 2];
      const minute = state >>> 2;
      if (state === 0 || minute < sinceMinute) continue;
      const failed = (state & FAILED) !== 0;
      const sameService = contacts[at + 1] === service;
      counts.contacts++;
      counts.sinceMinute = Math.min(counts.sinceMinute, minute);
      if (failed) counts.failed++;
      if (contacts[at] !== wanted) counts.elsewhere++;
      if (failed && sameService) counts.hosts++;
      if (failed && contacts[at] === wanted) counts.ports++;
      if (sameService && minute >= recentMinute && (state & INSIDE) === 0) counts.outside++;
    }
    return counts;
  }
}
