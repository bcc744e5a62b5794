/** IP protocol numbers by the names that recordings use: IANA keywords, and what Zeek and nfdump call them. */

export const IPPROTO_ICMP = 1;
export const IPPROTO_TCP = 6;
export const IPPROTO_ICMPV6 = 58;

/** https://www.iana.org/assignments/protocol-numbers, those that are met; the others have numbers in recordings. */
const NUMBERS: ReadonlyMap<string, number> = new Map([
  ['icmp', IPPROTO_ICMP],
  ['igmp', 2],
  ['ipip', 4],
  ['ipv4', 4],
  ['tcp', IPPROTO_TCP],
  ['egp', 8],
  ['igp', 9],
  ['udp', 17],
  ['dccp', 33],
  ['ipv6', 41],
  ['rsvp', 46],
  ['gre', 47],
  ['esp', 50],
  ['ah', 51],
  ['icmp6', IPPROTO_ICMPV6],
  ['icmpv6', IPPROTO_ICMPV6],
  ['ipv6-icmp', IPPROTO_ICMPV6],
  ['eigrp', 88],
  ['ospf', 89],
  ['ospfigp', 89],
  ['etherip', 97],
  ['pim', 103],
  ['ipcomp', 108],
  ['vrrp', 112],
  ['l2tp', 115],
  ['sctp', 132],
  ['udplite', 136],
]);

/** From a number, its digits or a name in any case; undefined when it is none of them. */
export function protocolNumber(value: unknown): number | undefined {
  if (value === 'tcp') return IPPROTO_TCP;
  if (typeof value === 'number') return isProtocol(value) ? value : undefined;
  if (typeof value !== 'string') return undefined;
  const known = NUMBERS.get(value);
  if (known !== undefined) return known;
  if (/^\d{1,3}$/.test(value)) return isProtocol(Number(value)) ? Number(value) : undefined;
  return NUMBERS.get(value.toLowerCase());
}

export function isIcmp(protocol: number): boolean {
  return protocol === IPPROTO_ICMP || protocol === IPPROTO_ICMPV6;
}

function isProtocol(value: number): boolean {
  return Number.isInteger(value) && value >= 0 && value <= 255;
}
