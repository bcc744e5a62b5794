/**
 * Hosts to host groups: one a network named, else one a /24 or /64. A private network is taken as a whole; of a public
 * one only the hosts that were seen, since the rest of it may be somebody else's. When there are too many networks for
 * a person to tell apart, they are made wider.
 */
import { type Address, addressBits, type Family, type Prefix } from '../../address/address.ts';
import {
  comparePrefixes,
  formatPrefix,
  hostPrefix,
  maskAddress,
  prefixContains,
} from '../../address/prefix.ts';
import type { HostChoice, HostOptions } from './own-hosts.ts';
import { UniqueNames } from './unique-names.ts';

export interface HostGroup {
  readonly name: string;
  readonly family: Family;
  /** What the group holds. */
  readonly cidrs: readonly Prefix[];
  /** Hosts seen in it. */
  readonly hosts: number;
  /** What a reviewer must know of it. */
  readonly remark: string | null;
}

export interface Grouping {
  /** By network. */
  readonly groups: readonly HostGroup[];
  /** Place of each host's group. */
  readonly groupOf: readonly number[];
}

export const MAX_GROUPS = 32;
const IPV6_BITS = 64;
const WIDER_BITS = { 4: 2, 6: 8 } as const;
/** More hosts of one public network are taken for the whole of it. */
const MAX_SINGLE_HOSTS = 256;

interface Members {
  readonly network: Prefix;
  readonly hosts: Address[];
}

export function groupHosts(
  addresses: readonly Address[],
  choice: HostChoice,
  { networks, groupBits }: HostOptions,
): Grouping {
  const named = networks ?? [];
  const bits = fittingBits(addresses, groupBits);
  const networkOf = choice === 'named' ? namedNetwork(named) : (address: Address) => networkAt(address, bits);
  const members = new Map<string, Members>();
  const of = (network: Prefix): Members => {
    const key = formatPrefix(network);
    const known = members.get(key) ?? { network, hosts: [] };
    members.set(key, known);
    return known;
  };
  named.forEach(of);
  const memberships = addresses.map((address) => {
    const group = of(networkOf(address));
    group.hosts.push(address);
    return group;
  });
  const sorted = [...members.values()].sort((x, y) => comparePrefixes(x.network, y.network));
  const places = new Map(sorted.map((group, place) => [group, place]));
  const names = new UniqueNames();
  const wanted = { 4: groupBits, 6: IPV6_BITS };
  return {
    groups: sorted.map((group) => hostGroup(group, choice, wanted, names)),
    groupOf: memberships.map((group) => places.get(group) ?? 0),
  };
}

function hostGroup(
  { network, hosts }: Members,
  choice: HostChoice,
  wanted: Readonly<Record<Family, number>>,
  names: UniqueNames,
): HostGroup {
  const { family } = network.address;
  const widened = choice !== 'named' && network.length < wanted[family];
  return {
    name: names.take(`${choice === 'private' ? 'lan' : 'net'}-${plainName(network)}`),
    family,
    cidrs: choice === 'guessed' && hosts.length <= MAX_SINGLE_HOSTS ? hosts.map(hostPrefix) : [network],
    hosts: hosts.length,
    remark: widened ? `wider than /${wanted[family]}: there are more than ${MAX_GROUPS} such networks` : null,
  };
}

/** `10.1.0.0-24`, `fd00-1-64`, `203.0.113.7`. */
export function plainName({ address, length }: Prefix): string {
  const text = formatPrefix({ address, length }).replace(/[:/]+/g, '-');
  return length === addressBits(address.family) ? text.slice(0, text.lastIndexOf('-')) : text;
}

/** They do not overlap, so at most one holds it. */
function namedNetwork(networks: readonly Prefix[]): (address: Address) => Prefix {
  return (address) => networks.find((network) => prefixContains(network, address)) ?? hostPrefix(address);
}

function networkAt(address: Address, bits: Readonly<Record<Family, number>>): Prefix {
  const length = bits[address.family];
  return { address: maskAddress(address, length), length };
}

/** The most bits that make no more groups than there may be. */
function fittingBits(addresses: readonly Address[], groupBits: number): Record<Family, number> {
  const bits = { 4: groupBits, 6: IPV6_BITS };
  const count = (family: Family) => {
    const ofFamily = addresses.filter((address) => address.family === family);
    return new Set(ofFamily.map((address) => formatPrefix(networkAt(address, bits)))).size;
  };
  for (;;) {
    const [ipv4, ipv6] = [count(4), count(6)];
    if (ipv4 + ipv6 <= MAX_GROUPS) return bits;
    const family = ipv4 >= ipv6 ? 4 : 6;
    bits[family] = Math.max(0, bits[family] - WIDER_BITS[family]);
  }
}
