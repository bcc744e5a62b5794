/** Frames of the corpus: real messages of a kernel 6.18, made with documentation addresses in a namespace. */
import { readFileSync } from 'node:fs';
import { MessageCursor } from 'node-netlink';
import { ConntrackDecoder } from '../../../src/conntrack/decoder.ts';
import { type ConntrackEntry, emptyEntry } from '../../../src/conntrack/entry.ts';

export const FRAMES = [
  'icmp-destroy',
  'icmpv6-dump',
  'mark-labels-dump',
  'mark-labels-new',
  'nat-dump',
  'nat-new',
  'tcp-ipv4-destroy',
  'tcp-ipv4-dump',
  'tcp-ipv4-new',
  'tcp-ipv4-update',
  'tcp-ipv6-destroy',
  'tcp-ipv6-new',
  'udp-ipv4-dump',
  'udp-ipv6-destroy',
  'zone-dump',
  'zone-original-dump',
] as const;
export type Frame = (typeof FRAMES)[number];

/** The message with its nlmsghdr. */
export function frameBytes(frame: Frame): Uint8Array<ArrayBuffer> {
  const hex = readFileSync(new URL(`corpus/${frame}.hex`, import.meta.url), 'utf8').replace(/\s/g, '');
  return Uint8Array.from(Buffer.from(hex, 'hex'));
}

/** Decode every message of a datagram into one entry, and return it as the last one left it. */
export function decodeBytes(bytes: Uint8Array<ArrayBuffer>, entry = emptyEntry()): ConntrackEntry {
  const decoder = new ConntrackDecoder();
  const message = new MessageCursor().load(new DataView(bytes.buffer, bytes.byteOffset, bytes.length));
  while (message.next()) decoder.decode(message, entry);
  return entry;
}

export function decodeFrame(frame: Frame, entry?: ConntrackEntry): ConntrackEntry {
  return decodeBytes(frameBytes(frame), entry);
}
