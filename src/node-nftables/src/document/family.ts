/** Address families of tables, and their numbers in netlink (NFPROTO_*, linux/netfilter.h). */
export type Family = 'ip' | 'ip6' | 'inet' | 'arp' | 'bridge' | 'netdev';

const NUMBERS: Readonly<Record<Family, number>> = { inet: 1, ip: 2, arp: 3, netdev: 5, bridge: 7, ip6: 10 };
const NAMES = new Map(Object.entries(NUMBERS).map(([name, number]) => [number, name as Family]));

export function familyNumber(family: Family): number {
  return NUMBERS[family];
}

/** Undefined for a number that no table can have, such as NFPROTO_UNSPEC. */
export function familyName(number: number): Family | undefined {
  return NAMES.get(number);
}
