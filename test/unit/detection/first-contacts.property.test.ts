import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { type Contact, FirstContacts } from '../../../src/detection/first-contacts.ts';
import { HostProfile } from '../../../src/detection/host-profile.ts';
import { CONTACTS } from '../../../src/detection/profile-layout.ts';

const START = 29_000_000;

/** Few addresses and services, so that they meet; time goes on, and back now and then. */
const contact = fc.record({
  address: fc.integer({ min: 1, max: 30 }),
  service: fc.integer({ min: 0, max: 12 }),
  minute: fc.integer({ min: START, max: START + 600 }),
  failed: fc.boolean(),
  inside: fc.boolean(),
});

const same = (x: Contact, y: Contact) => x.address === y.address && x.service === y.service;
const different = (values: readonly number[]) => new Set(values).size;

/** The same from a plain list of what the ring holds. */
function countIn(ring: readonly Contact[], { address, service }: Contact, since: number, recent: number) {
  const all = ring.filter(({ minute }) => minute >= since);
  const failed = all.filter((each) => each.failed);
  return {
    contacts: all.length,
    failed: failed.length,
    hosts: different(failed.filter((each) => each.service === service).map((each) => each.address)),
    ports: different(failed.filter((each) => each.address === address).map((each) => each.service)),
    elsewhere: all.filter((each) => each.address !== address).length,
    outside: all.filter((each) => each.service === service && !each.inside && each.minute >= recent).length,
    sinceMinute: Math.min(...all.map(({ minute }) => minute)),
  };
}

it('counts what the last contacts were, each address and service once, like a plain list', () => {
  const span = fc.tuple(fc.nat(700), fc.nat(700));
  fc.assert(
    fc.property(
      fc.array(contact, { maxLength: 300, size: 'max' }),
      contact,
      span,
      (noted, about, [since, recent]) => {
        const [profile, contacts] = [new HostProfile(), new FirstContacts()];
        let ring: Contact[] = [];
        for (const each of noted) {
          const known = ring.some((one) => same(one, each));
          expect(contacts.note(profile, each)).toBe(!known);
          if (!known) ring = [...ring, each].slice(-CONTACTS);
        }
        for (const asked of [about, noted.at(-1) ?? about]) {
          const counts = contacts.count(profile, asked, START + since, START + recent);
          expect({ ...counts }).toEqual(countIn(ring, asked, START + since, START + recent));
        }
      },
    ),
  );
});

it('keeps hosts apart', () => {
  const [one, other, contacts] = [new HostProfile(), new HostProfile(), new FirstContacts()];
  const each = { address: 1, service: 2, minute: START, failed: true, inside: false };
  expect(contacts.note(one, each)).toBe(true);
  expect(contacts.note(other, each)).toBe(true);
  expect(contacts.count(other, each, START, START).contacts).toBe(1);
});
