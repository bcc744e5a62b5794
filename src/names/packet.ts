/**
 * An IP packet as the queue gives it, read as far as the UDP datagram or TCP segment in it.
 *
 *   IPv4 (RFC 791)   version | header length ... total length ... fragment ... protocol ... addresses | options
 *   IPv6 (RFC 8200)  version ... payload length, next header ... addresses | extension headers
 *   UDP (RFC 768)    source port 2 | destination port 2 | length 2 | checksum 2
 *   TCP (RFC 9293)   source port 2 | destination port 2 | sequence 4 | acknowledgement 4 | offset, flags 2 ...
 *
 * Conntrack has joined fragments and looked at checksums before the packet comes here.
 */
import { type Address, fromBytes } from '../address/address.ts';

export const TCP = 6;
export const UDP = 17;

const HOP_BY_HOP = 0;
const DESTINATION_OPTIONS = 60;
const MAX_EXTENSIONS = 8;

export const FLAG_FIN = 1;
export const FLAG_SYN = 2;
export const FLAG_RST = 4;

export interface Segment {
  readonly source: Address;
  readonly destination: Address;
  readonly protocol: typeof TCP | typeof UDP;
  readonly sourcePort: number;
  readonly destinationPort: number;
  /** Not copied. */
  readonly data: Uint8Array;
  /** TCP only, else 0. */
  readonly sequence: number;
  /** FLAG_*; TCP only, else 0. */
  readonly flags: number;
}

interface Datagram {
  readonly source: Address;
  readonly destination: Address;
  readonly protocol: number;
  readonly data: Uint8Array;
}

/** Undefined for anything but a whole UDP datagram or TCP segment. */
export function readSegment(packet: Uint8Array): Segment | undefined {
  const datagram = packet[0] >>> 4 === 4 ? readIpv4(packet) : readIpv6(packet);
  if (datagram === undefined) return undefined;
  if (datagram.protocol === UDP) return readUdp(datagram);
  return datagram.protocol === TCP ? readTcp(datagram) : undefined;
}

function readIpv4(packet: Uint8Array): Datagram | undefined {
  const headerBytes = (packet[0] & 15) * 4;
  if (packet.length < 20 || headerBytes < 20) return undefined;
  const total = u16(packet, 2);
  const fragment = u16(packet, 6) & 0x3fff;
  if (total < headerBytes || total > packet.length || fragment !== 0) return undefined;
  return {
    source: fromBytes(packet.subarray(12, 16)),
    destination: fromBytes(packet.subarray(16, 20)),
    protocol: packet[9],
    data: packet.subarray(headerBytes, total),
  };
}

function readIpv6(packet: Uint8Array): Datagram | undefined {
  if (packet.length < 40 || packet[0] >>> 4 !== 6) return undefined;
  const end = 40 + u16(packet, 4);
  if (end > packet.length) return undefined;
  let protocol = packet[6];
  let at = 40;
  for (let skipped = 0; protocol === HOP_BY_HOP || protocol === DESTINATION_OPTIONS; skipped++) {
    if (skipped === MAX_EXTENSIONS || at + 8 > end) return undefined;
    protocol = packet[at];
    at += (packet[at + 1] + 1) * 8;
  }
  if (at > end) return undefined;
  return {
    source: fromBytes(packet.subarray(8, 24)),
    destination: fromBytes(packet.subarray(24, 40)),
    protocol,
    data: packet.subarray(at, end),
  };
}

function readUdp({ source, destination, data }: Datagram): Segment | undefined {
  if (data.length < 8) return undefined;
  const length = u16(data, 4);
  if (length < 8 || length > data.length) return undefined;
  return {
    ...{ source, destination, protocol: UDP, sequence: 0, flags: 0 },
    sourcePort: u16(data, 0),
    destinationPort: u16(data, 2),
    data: data.subarray(8, length),
  };
}

function readTcp({ source, destination, data }: Datagram): Segment | undefined {
  if (data.length < 20) return undefined;
  const offset = (data[12] >>> 4) * 4;
  if (offset < 20 || offset > data.length) return undefined;
  return {
    ...{ source, destination, protocol: TCP, flags: data[13] },
    sourcePort: u16(data, 0),
    destinationPort: u16(data, 2),
    data: data.subarray(offset),
    sequence: u16(data, 4) * 0x10000 + u16(data, 6),
  };
}

function u16(bytes: Uint8Array, at: number): number {
  return (bytes[at] << 8) | bytes[at + 1];
}
