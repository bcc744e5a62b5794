/**
 * The headers of an IP packet: who sent what to whom, as far as the bytes say it. The packet is whatever somebody
 * put on the wire, and the kernel copied only the first bytes of it:
 *
 *   IPv4 (RFC 791)            IPv6 (RFC 8200)            transport
 *   +------------------+      +------------------+
 *   | version, ihl     |      | version          |      TCP, UDP, SCTP, DCCP, UDP-Lite: ports in the first 4 bytes
 *   | total length     |      | payload length   |      ICMP, ICMPv6: type, code; identifier in bytes 4-5
 *   | flags, offset    |      | next header ----------> extension headers, up to MAX_EXTENSIONS
 *   | protocol         |      | source           |        | next | length / 8 - 1 | ...     hop-by-hop, routing,
 *   | source           |      | destination      |        | next | length / 4 - 2 | ...     destination; AH (RFC 4302)
 *   | destination      |      +------------------+        | next | - | offset, M | ...     fragment: always 8 bytes
 *   +------------------+
 *
 * Nothing throws. `known` tells how far it could be read.
 */
import type { MutableAddress } from '../address/address.ts';

/**
 * nothing: no IP packet, or cut within its addresses. addresses: the addresses are sure, and the protocol unless it
 * is {@link NO_PROTOCOL}; ports are not there to be read (a later fragment, cut short, or not where they should be).
 * transport: everything.
 */
export type Known = 'nothing' | 'addresses' | 'transport';

export interface Headers {
  known: Known;
  readonly source: MutableAddress;
  readonly destination: MutableAddress;
  /** IP protocol number of what is carried, behind all extension headers; or {@link NO_PROTOCOL}. */
  protocol: number;
  /** 0 for protocols without ports. */
  sourcePort: number;
  destinationPort: number;
  /** -1 but for ICMP and ICMPv6. */
  icmpType: number;
  icmpCode: number;
  /** Length of the whole packet as its header says, in bytes from the IP header on. */
  bytes: number;
  /** A fragment that is not the first. */
  isLaterFragment: boolean;
}

export const NO_PROTOCOL = -1;

const ICMP = 1;
const ICMPV6 = 58;
const WITH_PORTS: ReadonlySet<number> = new Set([6, 17, 33, 132, 136]);

const HOP_BY_HOP = 0;
const ROUTING = 43;
const FRAGMENT = 44;
const AUTHENTICATION = 51;
const DESTINATION_OPTIONS = 60;
/** RFC 6275 mobility, RFC 7401 HIP, RFC 5533 shim6: laid out like options. */
const OPTION_LIKE: ReadonlySet<number> = new Set([HOP_BY_HOP, ROUTING, DESTINATION_OPTIONS, 135, 139, 140]);
/** Honest packets have two or three; the kernel itself reads on without an end. */
const MAX_EXTENSIONS = 8;
const IPV6_HEADER = 40;

/** Read the packet in the bytes from `start` to `end` into `headers`, all of whose fields are set anew. */
export function readHeaders(view: DataView, start: number, end: number, headers: Headers): void {
  clearHeaders(headers);
  if (end <= start) return;
  const version = view.getUint8(start) >>> 4;
  if (version === 4) readIpv4(view, start, end, headers);
  else if (version === 6) readIpv6(view, start, end, headers);
}

function clearHeaders(headers: Headers): void {
  headers.known = 'nothing';
  clearAddress(headers.source);
  clearAddress(headers.destination);
  headers.protocol = NO_PROTOCOL;
  headers.sourcePort = 0;
  headers.destinationPort = 0;
  headers.icmpType = -1;
  headers.icmpCode = -1;
  headers.bytes = 0;
  headers.isLaterFragment = false;
}

function readIpv4(view: DataView, start: number, end: number, headers: Headers): void {
  const headerBytes = (view.getUint8(start) & 15) * 4;
  if (headerBytes < 20 || end - start < 20) return;
  headers.bytes = view.getUint16(start + 2);
  headers.protocol = view.getUint8(start + 9);
  headers.source.d = view.getUint32(start + 12);
  headers.destination.d = view.getUint32(start + 16);
  headers.known = 'addresses';
  headers.isLaterFragment = (view.getUint16(start + 6) & 0x1fff) !== 0;
  if (headers.isLaterFragment) return;
  // A packet longer than 65,535 bytes, put together by the network card, says 0.
  const last = headers.bytes === 0 ? end : Math.min(end, start + headers.bytes);
  readTransport(view, start + headerBytes, last, headers);
}

function readIpv6(view: DataView, start: number, end: number, headers: Headers): void {
  if (end - start < IPV6_HEADER) return;
  const payload = view.getUint16(start + 4);
  headers.bytes = IPV6_HEADER + payload;
  readAddress6(view, start + 8, headers.source);
  readAddress6(view, start + 24, headers.destination);
  headers.known = 'addresses';
  // 0: a jumbogram (RFC 2675), or put together by the network card.
  const last = payload === 0 ? end : Math.min(end, start + headers.bytes);
  const at = skipExtensions(view, view.getUint8(start + 6), start + IPV6_HEADER, last, headers);
  if (at !== undefined) readTransport(view, at, last, headers);
}

/** @returns where the carried protocol begins; undefined when it is not there to be read */
function skipExtensions(
  view: DataView,
  first: number,
  from: number,
  end: number,
  headers: Headers,
): number | undefined {
  let next = first;
  let at = from;
  for (let count = 0; isExtension(next); count++) {
    if (count === MAX_EXTENSIONS || end - at < 8) return undefined;
    if (next === FRAGMENT && (view.getUint16(at + 2) & 0xfff8) !== 0) {
      // What comes behind it in the first fragment is not for sure what this field says, but what the kernel takes it for.
      headers.isLaterFragment = true;
      const carried = view.getUint8(at);
      if (!isExtension(carried)) headers.protocol = carried;
      return undefined;
    }
    const length = extensionBytes(view, next, at);
    next = view.getUint8(at);
    at += length;
  }
  headers.protocol = next;
  return at;
}

function isExtension(header: number): boolean {
  return OPTION_LIKE.has(header) || header === FRAGMENT || header === AUTHENTICATION;
}

function extensionBytes(view: DataView, header: number, at: number): number {
  if (header === FRAGMENT) return 8;
  const length = view.getUint8(at + 1);
  return header === AUTHENTICATION ? (length + 2) * 4 : (length + 1) * 8;
}

function readTransport(view: DataView, at: number, end: number, headers: Headers): void {
  const { protocol } = headers;
  if (WITH_PORTS.has(protocol)) {
    if (end - at < 4) return;
    headers.sourcePort = view.getUint16(at);
    headers.destinationPort = view.getUint16(at + 2);
  } else if (protocol === ICMP || protocol === ICMPV6) {
    if (end - at < 2) return;
    headers.icmpType = view.getUint8(at);
    headers.icmpCode = view.getUint8(at + 1);
  } else if (at > end) return;
  headers.known = 'transport';
}

function clearAddress(address: MutableAddress): void {
  address.family = 4;
  address.a = 0;
  address.b = 0;
  address.c = 0;
  address.d = 0;
}

function readAddress6(view: DataView, at: number, address: MutableAddress): void {
  address.family = 6;
  address.a = view.getUint32(at);
  address.b = view.getUint32(at + 4);
  address.c = view.getUint32(at + 8);
  address.d = view.getUint32(at + 12);
}
