/**
 * nfnetlink_queue (linux/netfilter/nfnetlink_queue.h): packets that a rule hands to this process, and what is to
 * become of them. The queue's number is the resource id of every message. Attributes in network byte order.
 *
 *   CONFIG   ->  CMD            command 1 | 0 | family 2        bind, unbind
 *                PARAMS         bytes to copy 4 | mode 1        of each packet
 *                QUEUE_MAXLEN   packets 4                       that wait for a verdict at most
 *                MASK, FLAGS    which bits, and their values 4
 *   PACKET   <-  PACKET_HDR     id 4 | ethertype 2 | hook 1     ids count up from 1
 *                IFINDEX_INDEV, IFINDEX_OUTDEV 4                absent where the hook has none
 *                PAYLOAD        from the IP header on
 *                CAP_LEN 4      length on the wire, when more than was copied
 *   VERDICT  ->  VERDICT_HDR    verdict 4 | id 4
 *   VERDICT_BATCH -> the same: for every packet up to this id
 */
import {
  type AttributeCursor,
  beginNetfilter,
  type MessageCursor,
  type MessageWriter,
  NetlinkDecodeError,
  NFGENMSG_BYTES,
  NLM_F_ACK,
  NLM_F_REQUEST,
  netfilterType,
} from 'node-netlink';

const NFNL_SUBSYS_QUEUE = 3;
const NFQNL_MSG_PACKET = 0;
const NFQNL_MSG_VERDICT = 1;
const NFQNL_MSG_CONFIG = 2;
const NFQNL_MSG_VERDICT_BATCH = 3;

const NFQA_PACKET_HDR = 1;
const NFQA_VERDICT_HDR = 2;
const NFQA_IFINDEX_INDEV = 5;
const NFQA_IFINDEX_OUTDEV = 6;
const NFQA_PAYLOAD = 10;
const NFQA_CAP_LEN = 13;

const NFQA_CFG_CMD = 1;
const NFQA_CFG_PARAMS = 2;
const NFQA_CFG_QUEUE_MAXLEN = 3;
const NFQA_CFG_MASK = 4;
const NFQA_CFG_FLAGS = 5;

const NFQNL_CFG_CMD_BIND = 1;
const NFQNL_CFG_CMD_UNBIND = 2;
const NFQNL_COPY_PACKET = 2;

/** What does not fit into the queue passes instead of being dropped. */
export const NFQA_CFG_F_FAIL_OPEN = 1;
/** Packets that the kernel has joined (GSO) come whole. */
export const NFQA_CFG_F_GSO = 4;

/** linux/netfilter.h */
export const NF_DROP = 0;
export const NF_ACCEPT = 1;
export type QueueVerdict = typeof NF_DROP | typeof NF_ACCEPT;

/** enum nf_inet_hooks: where the packet was taken. */
export const NF_INET_LOCAL_IN = 1;
export const NF_INET_FORWARD = 2;
export const NF_INET_LOCAL_OUT = 3;

/** A packet that waits for its verdict. The decoder refills one object; `payload` is the receive buffer itself. */
export interface QueuedPacket {
  id: number;
  hook: number;
  /** Index of the interface; 0 where the hook has none. */
  inDevice: number;
  outDevice: number;
  payload: Uint8Array;
  /** The packet is longer than what was copied. */
  cut: boolean;
}

export function emptyPacket(): QueuedPacket {
  return { id: 0, hook: 0, inDevice: 0, outDevice: 0, payload: new Uint8Array(0), cut: false };
}

export function isPacket({ type }: MessageCursor): boolean {
  return type === netfilterType(NFNL_SUBSYS_QUEUE, NFQNL_MSG_PACKET);
}

/**
 * Read a PACKET message into `packet`.
 * @throws NetlinkDecodeError when it has no header, or an attribute is short
 */
export function decodePacket(message: MessageCursor, cursor: AttributeCursor, packet: QueuedPacket): void {
  packet.id = 0;
  packet.inDevice = 0;
  packet.outDevice = 0;
  packet.cut = false;
  packet.payload = NOTHING;
  let known = false;
  cursor.enter(message.view, message.start + NFGENMSG_BYTES, message.end);
  while (cursor.next()) {
    if (cursor.type === NFQA_PACKET_HDR) {
      if (cursor.length < 7) throw new NetlinkDecodeError('a short packet header', cursor.start);
      packet.id = cursor.networkU32();
      packet.hook = cursor.view.getUint8(cursor.start + 6);
      known = true;
    } else if (cursor.type === NFQA_IFINDEX_INDEV) packet.inDevice = cursor.networkU32();
    else if (cursor.type === NFQA_IFINDEX_OUTDEV) packet.outDevice = cursor.networkU32();
    else if (cursor.type === NFQA_PAYLOAD) packet.payload = cursor.data();
    else if (cursor.type === NFQA_CAP_LEN) packet.cut = true;
  }
  if (!known) throw new NetlinkDecodeError('a queued packet without header', message.start);
}

const NOTHING = new Uint8Array(0);

function begin(writer: MessageWriter, message: number, queue: number, acknowledged: boolean): void {
  const flags = NLM_F_REQUEST | (acknowledged ? NLM_F_ACK : 0);
  beginNetfilter(writer, netfilterType(NFNL_SUBSYS_QUEUE, message), flags, 0, queue);
}

function writeCommand(writer: MessageWriter, queue: number, command: number): void {
  begin(writer, NFQNL_MSG_CONFIG, queue, true);
  writer.data(NFQA_CFG_CMD, [command, 0, 0, 0]);
  writer.end();
}

export function writeBind(writer: MessageWriter, queue: number): void {
  writeCommand(writer, queue, NFQNL_CFG_CMD_BIND);
}

export function writeUnbind(writer: MessageWriter, queue: number): void {
  writeCommand(writer, queue, NFQNL_CFG_CMD_UNBIND);
}

export interface QueueSettings {
  /** Bytes of each packet that are copied to us. */
  readonly copyBytes: number;
  /** Packets that may wait for a verdict. */
  readonly maxPackets: number;
  /** NFQA_CFG_F_* that are to be on. */
  readonly flags: number;
  /** NFQA_CFG_F_* that are to be as `flags` says; an older kernel refuses bits that it does not know. */
  readonly mask: number;
}

export function writeSettings(
  writer: MessageWriter,
  queue: number,
  { copyBytes, maxPackets, flags, mask }: QueueSettings,
): void {
  begin(writer, NFQNL_MSG_CONFIG, queue, true);
  const range = [copyBytes >>> 24, (copyBytes >>> 16) & 255, (copyBytes >>> 8) & 255, copyBytes & 255];
  writer.data(NFQA_CFG_PARAMS, [...range, NFQNL_COPY_PACKET]);
  writer.networkU32(NFQA_CFG_QUEUE_MAXLEN, maxPackets);
  writer.networkU32(NFQA_CFG_MASK, mask);
  writer.networkU32(NFQA_CFG_FLAGS, flags);
  writer.end();
}

/** `upTo`: the verdict is for every packet with an id up to this one. Not acknowledged. */
export function writeVerdict(
  writer: MessageWriter,
  queue: number,
  id: number,
  verdict: QueueVerdict,
  upTo: boolean,
): void {
  begin(writer, upTo ? NFQNL_MSG_VERDICT_BATCH : NFQNL_MSG_VERDICT, queue, false);
  writer.data(NFQA_VERDICT_HDR, [0, 0, 0, verdict, id >>> 24, (id >>> 16) & 255, (id >>> 8) & 255, id & 255]);
  writer.end();
}
