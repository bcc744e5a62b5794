/**
 * The sets of table `inet penstock` that blocks live in, each twice: for IPv4 and IPv6. All have timeouts.
 *
 *   destinationN   address                                      hash        nobody talks to it
 *   prefixN        address range                                interval    nobody talks to it
 *   flowN          host . destination . protocol . port         hash        this host, this service
 *   pairN          host . destination . protocol                hash        the same for protocols without ports
 *   quarantineN    host                                         hash        talks to nobody ...
 *   exceptionN     host . address range                         interval    ... but to these
 */
import type { Family } from '../address/address.ts';

export const SET_KINDS = ['destination', 'prefix', 'flow', 'pair', 'quarantine', 'exception'] as const;
export type SetKind = (typeof SET_KINDS)[number];
export type SetName = `${SetKind}${Family}`;

export const TABLE = { family: 'inet', name: 'penstock' } as const;

export const FAMILIES: readonly Family[] = [4, 6];

export const SET_NAMES: readonly SetName[] = FAMILIES.flatMap((family) =>
  SET_KINDS.map((kind): SetName => `${kind}${family}`),
);

/** The nft type of each field of a set's key, in order. `A` stands for the family's address type. */
const FIELDS: Record<SetKind, readonly ('A' | 'inet_proto' | 'inet_service')[]> = {
  destination: ['A'],
  prefix: ['A'],
  flow: ['A', 'A', 'inet_proto', 'inet_service'],
  pair: ['A', 'A', 'inet_proto'],
  quarantine: ['A'],
  exception: ['A', 'A'],
};

export function setFields(kind: SetKind, family: Family): string[] {
  return FIELDS[kind].map((field) => (field === 'A' ? `ipv${family}_addr` : field));
}

export function isInterval(kind: SetKind): boolean {
  return kind === 'prefix' || kind === 'exception';
}
