/**
 * Which element of a transaction the kernel objects to. It tells the message and the byte in it (NLMSGERR_ATTR_OFFS), so
 * that what was sent is read once more: writing it need not note where each element begins.
 */
import {
  ATTRIBUTE_HEADER_BYTES,
  AttributeCursor,
  HEADER_BYTES,
  type MessageCursor,
  type NetlinkError,
  NFGENMSG_BYTES,
  NLM_F_ACK,
} from 'node-netlink';
import {
  NFT_MSG_DELSETELEM,
  NFT_MSG_NEWSETELEM,
  NFT_SET_ELEM_INTERVAL_END,
  NFTA_SET_ELEM_FLAGS,
  NFTA_SET_ELEM_LIST_ELEMENTS,
  nftType,
} from '../netlink/nf-tables.ts';
import { type ElementChange, STEPS } from './change.ts';

/** Counted over all changes; undefined when it is about something else. */
export function objectedTo(
  { sequence, offset }: NetlinkError,
  sent: MessageCursor,
  changes: readonly ElementChange[],
): number | undefined {
  if (offset === undefined) return undefined;
  let first = 0;
  for (const { action, elements } of changes) {
    for (let step = 0; step < STEPS[action].length; step++)
      for (let before = 0; before < elements.length; before += countElements(sent)) {
        if (!toNextElements(sent)) return undefined;
        if (sent.sequence !== sequence) continue;
        const upTo = countElements(sent, sent.start - HEADER_BYTES + offset);
        return upTo === 0 ? undefined : first + before + upTo - 1;
      }
    first += elements.length;
  }
  return undefined;
}

/** Elements of anonymous sets, which come with a table, are no changes: they ask for no acknowledgement. */
function toNextElements(sent: MessageCursor): boolean {
  while (sent.next()) if (isOfElements(sent.type) && sent.flags & NLM_F_ACK) return true;
  return false;
}

function isOfElements(type: number): boolean {
  return type === nftType(NFT_MSG_NEWSETELEM) || type === nftType(NFT_MSG_DELSETELEM);
}

/** How many begin at this byte or before. What ends an interval belongs to the element before it. */
function countElements({ view, start, end }: MessageCursor, lastByte = end): number {
  let count = 0;
  const attributes = new AttributeCursor().enter(view, start + NFGENMSG_BYTES, end);
  const list = new AttributeCursor();
  while (attributes.next()) {
    if (attributes.type !== NFTA_SET_ELEM_LIST_ELEMENTS) continue;
    list.enter(view, attributes.start, attributes.end);
    while (list.next() && list.start - ATTRIBUTE_HEADER_BYTES <= lastByte) if (!isIntervalEnd(list)) count++;
  }
  return count;
}

function isIntervalEnd({ view, start, end }: AttributeCursor): boolean {
  const element = new AttributeCursor().enter(view, start, end);
  while (element.next())
    if (element.type === NFTA_SET_ELEM_FLAGS) return (element.networkU32() & NFT_SET_ELEM_INTERVAL_END) !== 0;
  return false;
}
