/** What kind of destination and service a flow has, as far as that tells harm from habit. */
import type { Address } from '../address/address.ts';

const TCP = 6;
const UDP = 17;
const ICMP = 1;
const ICMPV6 = 58;
const ECHO_REQUEST = 8;
const ECHO_REQUEST_V6 = 128;

/** A service as one number: protocol << 16 | destination port. */
export function serviceKey(protocol: number, port: number): number {
  return (protocol << 16) | port;
}

export function isTcp(protocol: number): boolean {
  return protocol === TCP;
}

export function isIcmp(protocol: number): boolean {
  return protocol === ICMP || protocol === ICMPV6;
}

export function isEchoRequest(protocol: number, type: number): boolean {
  return (protocol === ICMP && type === ECHO_REQUEST) || (protocol === ICMPV6 && type === ECHO_REQUEST_V6);
}

/** DNS over UDP and TCP (RFC 1035 section 4.2). */
export function isDns(protocol: number, port: number): boolean {
  return port === 53 && (protocol === UDP || protocol === TCP);
}

/** HTTP, TLS and QUIC on their own ports: where most programs that phone home are found, good and bad. */
export function isWeb(protocol: number, port: number): boolean {
  return (port === 80 || port === 443) && (protocol === TCP || protocol === UDP);
}

/**
 * Services that ask regularly by design (IANA service names): DNS, DHCP, NTP, NetBIOS, SNMP, syslog, DHCPv6, SSDP,
 * STUN, WS-Discovery, IKE and its keepalives, SIP, mDNS, LLMNR.
 */
const PERIODIC_UDP = new Set([
  53, 67, 68, 123, 137, 138, 161, 162, 500, 514, 546, 547, 1900, 3478, 3479, 3480, 3481, 3702, 4500, 5060,
  5061, 5353, 5355,
]);
const PERIODIC_TCP = new Set([53, 5060, 5061]);

export function isPeriodicByDesign(protocol: number, port: number): boolean {
  if (protocol === UDP) return PERIODIC_UDP.has(port);
  return protocol === TCP ? PERIODIC_TCP.has(port) : isIcmp(protocol);
}

/** Nobody can be sent anything at one of these: multicast, broadcast, unspecified, link-local, loopback. */
export function isNowhere({ family, a, d }: Address): boolean {
  if (family === 4) {
    const top = d >>> 24;
    return top >= 224 || top === 0 || top === 127 || d >>> 16 === 0xa9fe;
  }
  const top = a >>> 16;
  // ff00::/8, fe80::/10, ::/96 and with it ::1
  return top >= 0xff00 || (top & 0xffc0) === 0xfe80 || (a === 0 && top === 0);
}

/**
 * Not on the Internet: private (RFC 1918, RFC 4193), shared (RFC 6598), link-local (RFC 3927, RFC 4291). Asked for
 * every connection, so by arithmetic.
 */
export function isInside({ family, a, d }: Address): boolean {
  if (family === 6) return a >>> 25 === 0x7e || a >>> 22 === 0x3fa;
  return (
    d >>> 24 === 10 || d >>> 20 === 0xac1 || d >>> 16 === 0xc0a8 || d >>> 22 === 0x191 || d >>> 16 === 0xa9fe
  );
}
