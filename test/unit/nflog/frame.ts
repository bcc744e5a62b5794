/** Real messages of a kernel 6.18: a rule `log prefix "no rule" group 8731 snaplen 96` behind a veth pair. */
import { readFileSync } from 'node:fs';
import { MessageCursor } from 'node-netlink';
import { NflogDecoder } from '../../../src/nflog/decoder.ts';
import { emptyPacket, type LoggedPacket } from '../../../src/nflog/packet.ts';

export const FRAMES = ['tcp-ipv4', 'udp-ipv6', 'icmp-ipv4', 'icmpv6'] as const;
export type Frame = (typeof FRAMES)[number];

/** The message with its nlmsghdr. */
export function frameBytes(frame: Frame): Uint8Array<ArrayBuffer> {
  const hex = readFileSync(new URL(`corpus/${frame}.hex`, import.meta.url), 'utf8').replace(/\s/g, '');
  return Uint8Array.from(Buffer.from(hex, 'hex'));
}

/** Decode every message of a datagram into one packet, and return it as the last one left it. */
export function decodeBytes(bytes: Uint8Array<ArrayBuffer>, packet = emptyPacket()): LoggedPacket {
  const decoder = new NflogDecoder();
  const message = new MessageCursor().load(new DataView(bytes.buffer, bytes.byteOffset, bytes.length));
  while (message.next()) decoder.decode(message, packet);
  return packet;
}
