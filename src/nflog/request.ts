/**
 * The one request there is: bind this socket to a group, with all settings in the same message, so that no packet
 * comes by other rules. Behind nfgenmsg, whose resource id is the group (net/netfilter/nfnetlink_log.c):
 *
 *   CMD       u8 BIND
 *   MODE      u32 bytes to copy of each packet | u8 COPY_PACKET | u8 0      struct nfulnl_msg_config_mode, packed
 *   NLBUFSIZ  u32 bytes of one datagram
 *   TIMEOUT   u32 hundredths of a second that a packet may wait for others
 *   QTHRESH   u32 packets of one datagram
 *   FLAGS     u16 SEQ
 */
import { beginNetfilter, type MessageWriter, NLM_F_ACK, NLM_F_REQUEST, netfilterType } from 'node-netlink';
import * as message from './message.ts';

export interface GroupSettings {
  /** 0-65535; one process reads a group. */
  readonly group: number;
  /** Of each packet, from the IP header on. */
  readonly copyBytes: number;
  /** Packets that the kernel gathers into one datagram at most ... */
  readonly queueThreshold: number;
  /** ... and how long it waits for them, in ms; in steps of 10. */
  readonly timeoutMs: number;
}

/** So that a full datagram always fits the socket's buffer of 64 KiB. */
const DATAGRAM_BYTES = 32_768;

export function writeBind(writer: MessageWriter, settings: GroupSettings): void {
  const type = netfilterType(message.NFNL_SUBSYS_ULOG, message.NFULNL_MSG_CONFIG);
  beginNetfilter(writer, type, NLM_F_REQUEST | NLM_F_ACK, 0, settings.group);
  writer.u8(message.NFULA_CFG_CMD, message.NFULNL_CFG_CMD_BIND);
  writer.data(message.NFULA_CFG_MODE, copyMode(settings.copyBytes));
  writer.networkU32(message.NFULA_CFG_NLBUFSIZ, DATAGRAM_BYTES);
  writer.networkU32(message.NFULA_CFG_TIMEOUT, Math.max(1, Math.round(settings.timeoutMs / 10)));
  writer.networkU32(message.NFULA_CFG_QTHRESH, settings.queueThreshold);
  writer.networkU16(message.NFULA_CFG_FLAGS, message.NFULNL_CFG_F_SEQ);
  writer.end();
}

function copyMode(bytes: number): Uint8Array {
  const mode = new Uint8Array(6);
  new DataView(mode.buffer).setUint32(0, bytes);
  mode[4] = message.NFULNL_COPY_PACKET;
  return mode;
}
