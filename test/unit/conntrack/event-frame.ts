/** Datagrams of events, made from those of the corpus: of a tuple and with an id of their own. */
import { frameBytes } from './frame.ts';

export type EventKind = 'new' | 'update' | 'destroy';

const FRAMES = {
  new: frameBytes('tcp-ipv4-new'),
  update: frameBytes('tcp-ipv4-update'),
  destroy: frameBytes('tcp-ipv4-destroy'),
};
/** nlmsghdr, nfgenmsg, CTA_TUPLE_ORIG, and in it what comes before the number. */
const SOURCE_PORT = 16 + 4 + 4 + 36;
/** CTA_ID, as the kernel writes its length and its type. */
const ID = Buffer.from([8, 0, 12, 0]);

/** `port`: of the source, which makes the tuple. */
export function eventBytes(kind: EventKind, port: number, id: number): Uint8Array<ArrayBuffer> {
  const bytes = FRAMES[kind].slice();
  const view = new DataView(bytes.buffer);
  view.setUint16(SOURCE_PORT, port);
  view.setUint32(Buffer.from(bytes.buffer).indexOf(ID) + 4, id);
  return bytes;
}
