/** First packets of connections, as bytes. */
import { type Address, toBytes } from '../../../src/address/address.ts';

export interface FirstPacket {
  readonly protocol: number;
  readonly from: Address;
  readonly to: Address;
  readonly port: number;
  readonly icmpType: number;
  readonly icmpCode: number;
  /** Tells it from all others: source port, or identifier of ICMP. */
  readonly tag: number;
}

const ICMP = 1;
const TCP = 6;
const UDP = 17;
const ICMPV6 = 58;

/** Checksums above IP are not filled in. */
export function firstPacket(packet: FirstPacket): Uint8Array {
  const body = transport(packet);
  return packet.from.family === 4 ? ipv4(packet, body) : ipv6(packet, body);
}

/** Of what {@link firstPacket} made, whatever was translated on the way. */
export function tagOf(packet: Uint8Array): number {
  const isIpv4 = packet[0] >> 4 === 4;
  const [protocol, start] = isIpv4 ? [packet[9], 20] : [packet[6], 40];
  const at =
    start + (protocol === ICMP || protocol === ICMPV6 ? 4 : protocol === TCP || protocol === UDP ? 0 : 4);
  return new DataView(packet.buffer, packet.byteOffset).getUint16(at);
}

function transport({ protocol, port, icmpType, icmpCode, tag }: FirstPacket): Uint8Array {
  const body = new Uint8Array(protocol === TCP ? 20 : 8);
  const view = new DataView(body.buffer);
  if (protocol === ICMP || protocol === ICMPV6) {
    body.set([icmpType, icmpCode]);
    view.setUint16(4, tag);
  } else if (protocol === TCP || protocol === UDP) {
    view.setUint16(0, tag);
    view.setUint16(2, port);
    if (protocol === TCP) body.set([0x50, 0x02, 0xff, 0xff], 12);
    else view.setUint16(4, 8);
  } else {
    // GRE without key (RFC 2784), and protocols that conntrack knows nothing of.
    view.setUint16(4, tag);
  }
  return body;
}

function ipv4({ protocol, from, to }: FirstPacket, body: Uint8Array): Uint8Array {
  const packet = new Uint8Array(20 + body.length);
  const view = new DataView(packet.buffer);
  packet.set([0x45, 0, 0, packet.length, 0, 0, 0, 0, 64, protocol]);
  packet.set(toBytes(from), 12);
  packet.set(toBytes(to), 16);
  let sum = 0;
  for (let at = 0; at < 20; at += 2) sum += view.getUint16(at);
  sum = (sum & 0xffff) + (sum >>> 16);
  view.setUint16(10, ~(sum + (sum >>> 16)) & 0xffff);
  packet.set(body, 20);
  return packet;
}

function ipv6({ protocol, from, to }: FirstPacket, body: Uint8Array): Uint8Array {
  const packet = new Uint8Array(40 + body.length);
  packet.set([0x60, 0, 0, 0, 0, body.length, protocol, 64]);
  packet.set(toBytes(from), 8);
  packet.set(toBytes(to), 24);
  packet.set(body, 40);
  return packet;
}
