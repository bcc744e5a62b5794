/** IP protocols by name. Numbers: IANA protocol-numbers. */

/** Protocols whose conntrack tuple has ports. */
const WITH_PORTS: Readonly<Record<string, number>> = { tcp: 6, udp: 17, dccp: 33, sctp: 132, udplite: 136 };
const WITHOUT_PORTS: Readonly<Record<string, number>> = {
  igmp: 2,
  ipip: 4,
  ipv6: 41,
  gre: 47,
  esp: 50,
  ah: 51,
  ospf: 89,
  vrrp: 112,
};
const ICMP: Readonly<Record<string, number>> = { icmp: 1, 'ipv6-icmp': 58 };

export const ICMPV4 = 1;
export const ICMPV6 = 58;

const NUMBERS: Readonly<Record<string, number>> = { ...WITH_PORTS, ...WITHOUT_PORTS, ...ICMP };
const NAMES = new Map(Object.entries(NUMBERS).map(([name, number]) => [number, name]));
/** By number: 1 for those with ports. */
const PORTED = new Uint8Array(256);
for (const number of Object.values(WITH_PORTS)) PORTED[number] = 1;

export function hasPorts(protocol: number): boolean {
  return PORTED[protocol] === 1;
}

export function isIcmp(protocol: number): boolean {
  return protocol === ICMPV4 || protocol === ICMPV6;
}

/** Own properties only: a protocol called `constructor` is none. */
export function protocolNumber(name: string): number | undefined {
  return Object.hasOwn(NUMBERS, name) ? NUMBERS[name] : undefined;
}

/** The name, or the number as text for a protocol without one here. */
export function protocolName(protocol: number): string {
  return NAMES.get(protocol) ?? String(protocol);
}

export const PORTED_NAMES = Object.keys(WITH_PORTS);
export const PROTOCOL_NAMES = [...PORTED_NAMES, ...Object.keys(WITHOUT_PORTS)];
