/**
 * Destinations of one service as networks. An address stands for itself, until so many of one network were seen that
 * the network says it better: a content network, not a machine. What is inside is known by its address and is only
 * taken together when there are too many to read. What was seen once stays apart from what was seen oftener. No network
 * is formed that holds an address that is held back.
 *
 *   seen                      4 or more of a /24 (/48)       while there are more than MOST_NETWORKS: 2 of a
 *   203.0.113.5, .7, .9, .12  ->  203.0.113.0/24             /24, /22, /20, /18, /16 (/48 ... /32), never wider
 */
import type { Address, Family, Prefix } from '../../address/address.ts';
import { comparePrefixes, formatPrefix, hostPrefix, maskAddress } from '../../address/prefix.ts';
import { isInside } from '../../detection/surroundings.ts';
import type { Contact } from './contacts.ts';
import { Sightings } from './sightings.ts';

export interface SeenNetwork {
  readonly prefix: Prefix;
  /** One of those that were seen. */
  readonly example: Address;
  /** Addresses seen in it. */
  readonly addresses: number;
  readonly seen: Sightings;
}

export interface Gathered {
  /** By address. */
  readonly networks: readonly SeenNetwork[];
  /** Networks stand for fewer addresses than usual, or are wider, because there were too many. */
  readonly widened: boolean;
}

/** More would not be read. */
export const MOST_NETWORKS = 512;

interface Step {
  readonly bits: Readonly<Record<Family, number>>;
  readonly least: number;
  readonly insideToo: boolean;
}

const USUAL: Step = { bits: { 4: 24, 6: 48 }, least: 4, insideToo: false };
const WIDER: readonly Step[] = [24, 22, 20, 18, 16].map((bits) => ({
  bits: { 4: bits, 6: 2 * bits },
  least: 2,
  insideToo: true,
}));

/** `isForbidden`: whether a network must not be formed. */
export function gatherNetworks(
  contacts: readonly Contact[],
  isForbidden: (network: Prefix) => boolean,
): Record<'often' | 'once', Gathered> {
  const usual = gather(singleAddresses(contacts), USUAL, isForbidden);
  const isOnce = ({ seen }: SeenNetwork) => seen.hits === 1;
  return {
    often: widen(
      usual.filter((network) => !isOnce(network)),
      isForbidden,
    ),
    once: widen(usual.filter(isOnce), isForbidden),
  };
}

function widen(usual: readonly SeenNetwork[], isForbidden: (network: Prefix) => boolean): Gathered {
  let networks = usual;
  for (const step of WIDER) {
    if (networks.length <= MOST_NETWORKS) break;
    networks = gather(networks, step, isForbidden);
  }
  const sorted = networks.toSorted((x, y) => comparePrefixes(x.prefix, y.prefix));
  return { networks: sorted, widened: networks.length < usual.length };
}

/** Each address for itself. */
export function singleAddresses(contacts: readonly Contact[]): SeenNetwork[] {
  const byAddress = Map.groupBy(contacts, ({ destination }) => formatPrefix(hostPrefix(destination)));
  return [...byAddress.values()].map((all) => ({
    prefix: hostPrefix(all[0].destination),
    example: all[0].destination,
    addresses: 1,
    seen: Sightings.sum(all.map(({ seen }) => seen)),
  }));
}

function gather(
  networks: readonly SeenNetwork[],
  { bits, least, insideToo }: Step,
  isForbidden: (network: Prefix) => boolean,
): SeenNetwork[] {
  const around = ({ prefix: { address, length } }: SeenNetwork): string => {
    const wide = Math.min(length, bits[address.family]);
    const stays = !insideToo && isInside(address);
    return formatPrefix(stays ? { address, length } : { address: maskAddress(address, wide), length: wide });
  };
  return [...Map.groupBy(networks, around).values()].flatMap((members) => {
    const [{ prefix, example }] = members;
    const addresses = members.reduce((sum, each) => sum + each.addresses, 0);
    const length = Math.min(prefix.length, bits[prefix.address.family]);
    const network = { address: maskAddress(prefix.address, length), length };
    if (members.length === 1 || addresses < least || isForbidden(network)) return members;
    return [{ prefix: network, example, addresses, seen: Sightings.sum(members.map(({ seen }) => seen)) }];
  });
}
