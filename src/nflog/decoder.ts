/**
 * Decodes messages of nfnetlink_log. Behind nlmsghdr and nfgenmsg lie attributes:
 *
 *   PACKET_HDR   u16 link protocol | u8 hook | u8 0
 *   TIMESTAMP    u64 seconds | u64 microseconds
 *   HWADDR       u16 length | u16 0 | 8 bytes
 *   PAYLOAD      the packet from its IP header on, cut to what was asked for
 *   PREFIX       text of the rule, ends with NUL
 *   IFINDEX_*, MARK, UID, SEQ   u32
 *
 * The kernel wrote the attributes, a stranger the payload. Whatever the bytes are, it ends, reads nothing outside the
 * message and throws only NflogDecodeError; a payload that is no packet is no error (`known: nothing`).
 */
import {
  AttributeCursor,
  type MessageCursor,
  NetlinkDecodeError,
  NFGENMSG_BYTES,
  netfilterType,
} from 'node-netlink';
import { NflogDecodeError } from './errors.ts';
import { readHeaders } from './headers.ts';
import * as message from './message.ts';
import { clearPacket, type LoggedPacket } from './packet.ts';

const TYPE_PACKET = netfilterType(message.NFNL_SUBSYS_ULOG, message.NFULNL_MSG_PACKET);
const MAX_HARDWARE_BYTES = 8;

export class NflogDecoder {
  readonly #cursor = new AttributeCursor();

  /**
   * Decode the message at the cursor into `packet`, all of whose fields are set anew.
   * @throws NflogDecodeError; the packet is then half filled
   */
  decode(from: MessageCursor, packet: LoggedPacket): void {
    clearPacket(packet);
    readHeaders(from.view, from.start, from.start, packet);
    if (from.type !== TYPE_PACKET) throw new NflogDecodeError(`message type ${from.type}`);
    try {
      const cursor = this.#cursor.enter(from.view, from.start + NFGENMSG_BYTES, from.end);
      while (cursor.next()) readAttribute(cursor, packet);
    } catch (error) {
      if (!(error instanceof NetlinkDecodeError)) throw error;
      throw new NflogDecodeError(error.message, { cause: error });
    }
  }
}

function readAttribute(cursor: AttributeCursor, packet: LoggedPacket): void {
  switch (cursor.type) {
    case message.NFULA_PAYLOAD:
      readHeaders(cursor.view, cursor.start, cursor.end, packet);
      packet.view = cursor.view;
      packet.payloadStart = cursor.start;
      packet.payloadEnd = cursor.end;
      break;
    case message.NFULA_PREFIX:
      packet.prefix = cursor.string();
      break;
    case message.NFULA_TIMESTAMP:
      packet.atMs = timestampMs(cursor);
      break;
    case message.NFULA_PACKET_HDR:
      if (cursor.length >= 3) packet.hook = cursor.view.getUint8(cursor.start + 2);
      break;
    case message.NFULA_HWADDR:
      packet.hardwareAddress = hardwareAddress(cursor);
      break;
    case message.NFULA_SEQ:
      packet.sequence = cursor.networkU32();
      break;
    default:
      readNumber(cursor, packet);
  }
}

function readNumber(cursor: AttributeCursor, packet: LoggedPacket): void {
  switch (cursor.type) {
    case message.NFULA_MARK:
      packet.mark = cursor.networkU32();
      break;
    case message.NFULA_IFINDEX_INDEV:
      packet.inInterface = cursor.networkU32();
      break;
    case message.NFULA_IFINDEX_OUTDEV:
      packet.outInterface = cursor.networkU32();
      break;
    case message.NFULA_IFINDEX_PHYSINDEV:
      packet.physicalInInterface = cursor.networkU32();
      break;
    case message.NFULA_IFINDEX_PHYSOUTDEV:
      packet.physicalOutInterface = cursor.networkU32();
      break;
    case message.NFULA_UID:
      packet.userId = cursor.networkU32();
  }
}

function timestampMs(cursor: AttributeCursor): number {
  const seconds = cursor.networkU64();
  if (cursor.length < 16) return 0;
  const { view, start } = cursor;
  return seconds * 1_000 + (view.getUint32(start + 8) * 2 ** 32 + view.getUint32(start + 12)) / 1_000;
}

function hardwareAddress(cursor: AttributeCursor): string {
  const length = cursor.networkU16();
  if (length > MAX_HARDWARE_BYTES || cursor.length < 4 + length) return '';
  const bytes = cursor.data().subarray(4, 4 + length);
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(':');
}
