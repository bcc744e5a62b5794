/** rtnetlink messages for tests, as the kernel writes them; NLM layout in src/neighbour/rtnetlink.ts. */
import { MessageCursor, MessageWriter } from 'node-netlink';
import { parseAddress, toBytes } from '../../../src/address/address.ts';
import { decodeRoute } from '../../../src/neighbour/decoder.ts';
import { macBytes } from '../../../src/neighbour/mac.ts';
import type { RouteMessage } from '../../../src/neighbour/neighbour.ts';
import * as rt from '../../../src/neighbour/rtnetlink.ts';

export interface NeighbourParts {
  type?: number;
  family?: number;
  index?: number;
  state?: number;
  destination?: readonly number[];
  linkLayer?: readonly number[];
}

export function neighbourBytes(parts: NeighbourParts): Uint8Array {
  const { type = rt.RTM_NEWNEIGH, family = rt.AF_INET, index = 3, state = rt.NUD_REACHABLE } = parts;
  return written((writer) => {
    writer.begin(type, 0);
    const at = writer.reserve(rt.NDMSG_BYTES);
    writer.view.setUint8(at, family);
    writer.view.setInt32(at + 4, index, true);
    writer.view.setUint16(at + 8, state, true);
    if (parts.destination) writer.data(rt.NDA_DST, parts.destination);
    if (parts.linkLayer) writer.data(rt.NDA_LLADDR, parts.linkLayer);
  });
}

export function written(build: (writer: MessageWriter) => void): Uint8Array {
  const writer = new MessageWriter();
  build(writer);
  writer.end();
  return writer.bytes.slice(0, writer.length);
}

export function decodeBytes(bytes: Uint8Array): RouteMessage | undefined {
  const message = new MessageCursor().load(new DataView(bytes.buffer, bytes.byteOffset, bytes.length));
  message.next();
  return decodeRoute(message);
}

export function hex(text: string): Uint8Array {
  return Uint8Array.from(Buffer.from(text.replace(/\s/g, ''), 'hex'));
}

export const bytesOf = (address: string) => toBytes(parseAddress(address));
export const linkLayer = (mac: string) => macBytes(mac) ?? [];
