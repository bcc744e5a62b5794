import { TABLE } from '../../../src/enforcement/sets.ts';

/** The set of single IPv4 destinations, as node-nftables wants it named. */
export const DESTINATIONS = {
  family: TABLE.family,
  table: TABLE.name,
  name: 'destination4',
  type: 'ipv4_addr',
  flags: ['timeout'],
} as const;
