/**
 * NLMSG_ERROR (linux/netlink.h, struct nlmsgerr) answers a request; error 0 is the acknowledgement:
 *
 *    0               4                 20
 *   +---------------+-----------------+---------------------------+-----------------------
 *   | -errno or 0   | request's nlmsghdr | request's payload,     | attributes, if
 *   |               |                 | unless NLM_F_CAPPED       | NLM_F_ACK_TLVS
 *   +---------------+-----------------+---------------------------+-----------------------
 *
 * NLMSG_DONE ends a dump: the same error field, then the attributes.
 */
import { AttributeCursor } from './attribute-cursor.ts';
import { errnoName } from './errno.ts';
import { NetlinkDecodeError, type NetlinkFailure } from './errors.ts';
import {
  align,
  HEADER_BYTES,
  HOST_LITTLE_ENDIAN as HOST,
  NLM_F_ACK_TLVS,
  NLM_F_CAPPED,
  NLMSG_ERROR,
} from './message.ts';
import type { MessageCursor } from './message-cursor.ts';
import type { Received } from './receiver.ts';

const NLMSGERR_ATTR_MSG = 1;
const NLMSGERR_ATTR_OFFS = 2;
const ERROR_BYTES = 4;

/**
 * The errno (positive) of an NLMSG_ERROR or NLMSG_DONE; 0 is success.
 * @throws NetlinkDecodeError
 */
export function acknowledgedErrno(message: MessageCursor): number {
  const least = message.type === NLMSG_ERROR ? ERROR_BYTES + HEADER_BYTES : ERROR_BYTES;
  if (message.end - message.start < least) {
    throw new NetlinkDecodeError('a short acknowledgement', message.start);
  }
  return Math.max(0, -message.view.getInt32(message.start, HOST));
}

/**
 * Whether a datagram is the acknowledgement of one request and nothing else, as nearly every answer to a change is. All is
 * read before any of it is looked at: what was never read V8 does not compile.
 */
export function isAcknowledgement(view: DataView, received: Received, sequence: number): boolean {
  if (typeof received !== 'number' || received < HEADER_BYTES + ERROR_BYTES) return false;
  const isOther =
    (view.getUint32(0, HOST) ^ received) |
    (view.getUint16(4, HOST) ^ NLMSG_ERROR) |
    (view.getUint32(8, HOST) ^ sequence) |
    view.getInt32(HEADER_BYTES, HOST);
  return isOther === 0;
}

/** All that an answer with a non-zero errno says. @throws NetlinkDecodeError */
export function decodeFailure(message: MessageCursor, operation: string): NetlinkFailure {
  const errno = acknowledgedErrno(message);
  const failure: NetlinkFailure = { operation, errno, code: errnoName(errno), sequence: message.sequence };
  if (!(message.flags & NLM_F_ACK_TLVS)) return failure;
  const cursor = new AttributeCursor().enter(message.view, attributesStart(message), message.end);
  while (cursor.next()) {
    if (cursor.type === NLMSGERR_ATTR_MSG) failure.extack = cursor.string();
    else if (cursor.type === NLMSGERR_ATTR_OFFS) failure.offset = cursor.u32();
  }
  return failure;
}

function attributesStart(message: MessageCursor): number {
  const behindErrno = message.start + ERROR_BYTES;
  if (message.type !== NLMSG_ERROR) return behindErrno;
  if (message.flags & NLM_F_CAPPED) return behindErrno + HEADER_BYTES;
  return behindErrno + align(message.view.getUint32(behindErrno, HOST));
}
