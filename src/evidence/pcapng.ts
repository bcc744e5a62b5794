/**
 * Packets as pcapng (draft-ietf-opsawg-pcapng), which tshark and Wireshark open. All numbers are little-endian, all
 * blocks end where they began with their length, padded to 4 bytes:
 *
 *   Section Header Block           | 0x0A0D0D0A | length | 0x1A2B3C4D | 1 | 0 | section length -1 | options | length |
 *   Interface Description Block    | 1 | length | link type | 0 | snaplen | options | length |
 *   Enhanced Packet Block, each    | 6 | length | interface 0 | time high | time low | captured | original |
 *                                    packet, padded | length |
 *
 *   option   u16 code | u16 length | value, padded;  the last is 0 | 0
 *
 * Link type 101 is LINKTYPE_RAW: the packet begins with its IP header. Times are microseconds since the epoch, as
 * they are where if_tsresol is left out.
 */

const SECTION_HEADER = 0x0a0d0d0a;
const BYTE_ORDER = 0x1a2b3c4d;
const INTERFACE_DESCRIPTION = 1;
const ENHANCED_PACKET = 6;
const LINKTYPE_RAW = 101;

const OPTION_END = 0;
const OPTION_COMMENT = 1;
const OPTION_USER_APPLICATION = 4;
const OPTION_INTERFACE_NAME = 2;

export interface CaughtPacket {
  /** ms since the epoch, with fraction. */
  readonly atMs: number;
  /** As long as it was on the way, in bytes from its IP header on. */
  readonly originalBytes: number;
  /** From the IP header on; may be cut. */
  readonly data: Uint8Array;
}

export interface CaptureFacts {
  /** What wrote it, `Penstock 1.0`. */
  readonly application: string;
  /** What it shows. */
  readonly comment: string;
  /** Most bytes kept of a packet. */
  readonly snaplen: number;
}

export function writePcapng(packets: readonly CaughtPacket[], facts: CaptureFacts): Uint8Array {
  return Buffer.concat([sectionHeader(facts), interfaceDescription(facts), ...packets.map(enhancedPacket)]);
}

function sectionHeader({ application, comment }: CaptureFacts): Buffer {
  const fixed = Buffer.alloc(16);
  fixed.writeUInt32LE(BYTE_ORDER, 0);
  fixed.writeUInt16LE(1, 4);
  fixed.writeUInt16LE(0, 6);
  // The section's length is not told.
  fixed.writeBigInt64LE(-1n, 8);
  const options = [option(OPTION_COMMENT, comment), option(OPTION_USER_APPLICATION, application)];
  return block(SECTION_HEADER, [fixed, ...options, option(OPTION_END, '')]);
}

function interfaceDescription({ snaplen }: CaptureFacts): Buffer {
  const fixed = Buffer.alloc(8);
  fixed.writeUInt16LE(LINKTYPE_RAW, 0);
  fixed.writeUInt32LE(snaplen, 4);
  return block(INTERFACE_DESCRIPTION, [
    fixed,
    option(OPTION_INTERFACE_NAME, 'nflog'),
    option(OPTION_END, ''),
  ]);
}

function enhancedPacket({ atMs, originalBytes, data }: CaughtPacket): Buffer {
  const fixed = Buffer.alloc(20);
  const micros = BigInt(Math.max(0, Math.round(atMs * 1_000)));
  fixed.writeUInt32LE(0, 0);
  fixed.writeUInt32LE(Number(micros >> 32n), 4);
  fixed.writeUInt32LE(Number(micros & 0xffff_ffffn), 8);
  fixed.writeUInt32LE(data.length, 12);
  fixed.writeUInt32LE(Math.max(originalBytes, data.length), 16);
  return block(ENHANCED_PACKET, [fixed, padded(data)]);
}

function option(code: number, value: string): Buffer {
  const text = Buffer.from(value, 'utf8').subarray(0, 0xffff);
  const head = Buffer.alloc(4);
  head.writeUInt16LE(code, 0);
  head.writeUInt16LE(text.length, 2);
  return Buffer.concat([head, padded(text)]);
}

function block(type: number, parts: readonly Buffer[]): Buffer {
  const length = parts.reduce((sum, part) => sum + part.length, 12);
  const head = Buffer.alloc(8);
  head.writeUInt32LE(type, 0);
  head.writeUInt32LE(length, 4);
  return Buffer.concat([head, ...parts, head.subarray(4)]);
}

function padded(bytes: Uint8Array): Buffer {
  return Buffer.concat([bytes], Math.ceil(bytes.length / 4) * 4);
}
