/**
 * Contacts to rules that a person can review:
 *
 *   contacts -> by who goes there      everybody of one family, else each group for itself
 *            -> by where               inside (private networks), outside
 *            -> by service             with the networks of its destinations
 *            -> seen once, or oftener
 *            -> rules                  a service with many destinations: one rule
 *                                      services with few: one rule for destinations that have the same services
 */
import { formatPrefix } from '../../address/prefix.ts';
import { isInside } from '../../detection/surroundings.ts';
import type { KeyRange } from '../../policy/policy.ts';
import type { Contact } from './contacts.ts';
import type { HostGroup } from './host-groups.ts';
import { poolServices, type ServicePool } from './port-range.ts';
import { gatherNetworks, type SeenNetwork, singleAddresses } from './seen-network.ts';
import { serviceRange } from './service.ts';
import { Sightings } from './sightings.ts';
import type { Withholding } from './withholding.ts';

export interface Draft {
  /** Places of host groups, all of one family. */
  readonly groups: readonly number[];
  /** All groups of the family, which has several. */
  readonly shared: boolean;
  readonly inside: boolean;
  /** Each destination was seen once, by one host. */
  readonly once: boolean;
  readonly services: readonly KeyRange[];
  readonly networks: readonly SeenNetwork[];
  readonly seen: Sightings;
  /** What makes it wider than what was seen. */
  readonly remarks: readonly string[];
}

/** A service with more destinations than this has a rule of its own. */
const FEW = 3;

type Place = Pick<Draft, 'groups' | 'shared' | 'inside'>;

/** A service, or what is left of it, with its destinations. */
interface Reach {
  readonly service: KeyRange;
  readonly networks: readonly SeenNetwork[];
  readonly remarks: readonly string[];
}

/** Rules for what may be learnt; networks may stand for addresses, and ranges for ports. */
export function draftRules(withholding: Withholding, groups: readonly HostGroup[]): Draft[] {
  return placesOf(withholding.learnt, groups).flatMap(({ place, contacts }) => {
    const pools = poolServices(contacts, ({ destination }) => withholding.touches(destination));
    return rulesAt(place, pools, withholding);
  });
}

/** Rules for exactly these contacts, one group each. */
export function draftExactly(contacts: readonly Contact[]): Draft[] {
  const byPlace = Map.groupBy(contacts, ({ group, destination }) => `${group} ${isInside(destination)}`);
  return [...byPlace.values()].flatMap((all) => {
    const [{ group, destination }] = all;
    const byService = [...Map.groupBy(all, ({ service }) => service)];
    const reaches = byService.map(([first, some]) => ({
      service: serviceRange(first),
      networks: singleAddresses(some),
      remarks: [],
    }));
    return rulesOf({ groups: [group], shared: false, inside: isInside(destination), once: false }, reaches);
  });
}

/** Contacts that all groups of a family have are everybody's. */
function placesOf(
  contacts: readonly Contact[],
  groups: readonly HostGroup[],
): { place: Place; contacts: readonly Contact[] }[] {
  const families = Map.groupBy(groups.keys(), (place) => groups[place].family);
  const familyOf = ({ group }: Contact) => families.get(groups[group].family) ?? [];
  const groupsAt = new Map<number, number>();
  for (const { peer } of contacts) groupsAt.set(peer, (groupsAt.get(peer) ?? 0) + 1);
  const isShared = (contact: Contact) => {
    const { length } = familyOf(contact);
    return length > 1 && groupsAt.get(contact.peer) === length;
  };
  const byPlace = Map.groupBy(contacts, (contact) => {
    const who = isShared(contact) ? `family ${contact.destination.family}` : contact.group;
    return `${who} ${isInside(contact.destination)}`;
  });
  return [...byPlace.values()].map((all) => {
    const [first] = all;
    const shared = isShared(first);
    const members = shared ? familyOf(first) : [first.group];
    return { place: { groups: members, shared, inside: isInside(first.destination) }, contacts: all };
  });
}

/** Those seen once apart. */
function rulesAt(place: Place, pools: readonly ServicePool[], withholding: Withholding): Draft[] {
  const gathered = pools.map((pool) => ({
    ...pool,
    ...gatherNetworks(pool.contacts, withholding.guard(pool.service, place.groups)),
  }));
  return (['often', 'once'] as const).flatMap((part) => {
    const reaches = gathered.map((pool) => ({
      service: pool.service,
      networks: pool[part].networks,
      remarks: remarksOf(pool.ports, pool[part].widened),
    }));
    return rulesOf({ ...place, once: part === 'once' }, reaches);
  });
}

function remarksOf(ports: number, widened: boolean): string[] {
  return [
    ...(ports > 1 ? [`WIDER THAN SEEN: the range of ports stands for ${ports} of them`] : []),
    ...(widened
      ? ['WIDER THAN SEEN: there are so many addresses that networks up to a /16 (/32) stand for two or more']
      : []),
  ];
}

function rulesOf(place: Place & Pick<Draft, 'once'>, reaches: readonly Reach[]): Draft[] {
  const wide = reaches.filter(({ networks }) => networks.length > FEW);
  const narrow = reaches.filter(({ networks }) => networks.length <= FEW);
  return [
    ...wide.map(({ service, networks, remarks }) => draft(place, [service], networks, remarks)),
    ...byDestination(place, narrow),
  ];
}

/** One rule for all destinations that have the same services. */
function byDestination(place: Place & Pick<Draft, 'once'>, reaches: readonly Reach[]): Draft[] {
  const pairs = reaches.flatMap((reach) => reach.networks.map((network) => ({ reach, network })));
  const destinations = [...Map.groupBy(pairs, ({ network }) => formatPrefix(network.prefix)).values()];
  const servicesOf = (all: readonly { reach: Reach }[]) =>
    all.map(({ reach: { service } }) => `${service.first}-${service.last}`).join(' ');
  return [...Map.groupBy(destinations, servicesOf).values()].map((alike) => {
    const networks = alike.map((all) => ({
      ...all[0].network,
      seen: Sightings.sum(all.map(({ network }) => network.seen)),
    }));
    const services = alike[0].map(({ reach }) => reach.service);
    const remarks = new Set(alike[0].flatMap(({ reach }) => reach.remarks));
    return draft(place, services, networks, [...remarks]);
  });
}

function draft(
  place: Place & Pick<Draft, 'once'>,
  services: readonly KeyRange[],
  networks: readonly SeenNetwork[],
  remarks: readonly string[],
): Draft {
  const seen = Sightings.sum(networks.map((network) => network.seen));
  return { ...place, services, networks, seen, remarks };
}
