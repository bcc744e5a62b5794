/**
 * Programs that go to any port (file sharing, voice, passive FTP) would make a service of each. Where a pool has too many
 * ports without a name, they become ranges, one a part of the port space (RFC 6335 section 6) and protocol.
 *
 *   1 ... 1023   1024 ... 49151   49152 ... 65535
 */
import type { KeyRange } from '../../policy/policy.ts';
import type { Contact } from './contacts.ts';
import { isNamed, serviceRange } from './service.ts';

/** Of one protocol in one pool. */
export const MOST_PORTS = 32;
const LAST_PORTS = [1023, 49_151, 65_535];

export interface ServicePool {
  readonly service: KeyRange;
  readonly contacts: readonly Contact[];
  /** Ports seen, where the service is a range of them; else 1. */
  readonly ports: number;
}

/** `isExact`: contacts that no range may stand for. */
export function poolServices(
  contacts: readonly Contact[],
  isExact: (contact: Contact) => boolean,
): ServicePool[] {
  const free = contacts.filter((contact) => !isNamed(contact.service) && !isExact(contact));
  const crowded = new Set(
    [...Map.groupBy(free, ({ service }) => service >>> 16)]
      .filter(([, all]) => portsOf(all).size > MOST_PORTS)
      .map(([protocol]) => protocol),
  );
  const ranged = new Set(free.filter(({ service }) => crowded.has(service >>> 16)));
  const exact = contacts.filter((contact) => !ranged.has(contact));
  return [
    ...[...Map.groupBy(exact, ({ service }) => service)].map(([first, all]) => ({
      service: serviceRange(first),
      contacts: all,
      ports: 1,
    })),
    ...[...Map.groupBy(ranged, partOf).values()].map(asRange),
  ];
}

function asRange(contacts: readonly Contact[]): ServicePool {
  const ports = portsOf(contacts);
  const sorted = [...ports].sort((x, y) => x - y);
  return { service: { first: sorted[0], last: sorted[sorted.length - 1] }, contacts, ports: ports.size };
}

function portsOf(contacts: readonly Contact[]): Set<number> {
  return new Set(contacts.map(({ service }) => service));
}

function partOf({ service }: Contact): number {
  const part = LAST_PORTS.findIndex((last) => (service & 0xffff) <= last);
  return (service >>> 16) * LAST_PORTS.length + part;
}
