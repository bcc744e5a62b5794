/**
 * Decodes rtnetlink messages about neighbours and links; the layout is drawn in rtnetlink.ts. The groups also carry
 * what nobody here asks for (a bridge's forwarding table has the same message type): that is passed over.
 *
 * Whatever the bytes are, it ends, reads nothing outside the message and throws only NeighbourDecodeError.
 */
import {
  AttributeCursor,
  HOST_LITTLE_ENDIAN as HOST,
  type MessageCursor,
  NetlinkDecodeError,
} from 'node-netlink';
import { type Address, fromBytes } from '../address/address.ts';
import { NeighbourDecodeError } from './errors.ts';
import { formatMac, MAC_BYTES, type Mac } from './mac.ts';
import type { Link, RouteMessage } from './neighbour.ts';
import * as rt from './rtnetlink.ts';

/** In a state of these the kernel sends packets to the link-layer address it has. */
const RESOLVED = rt.NUD_REACHABLE | rt.NUD_STALE | rt.NUD_DELAY | rt.NUD_PROBE | rt.NUD_PERMANENT;
const ADDRESS_BYTES: Readonly<Record<number, number>> = { [rt.AF_INET]: 4, [rt.AF_INET6]: 16 };

const attributes = new AttributeCursor();
const nested = new AttributeCursor();

/** @returns undefined for a message that is not about an IP neighbour or a link @throws NeighbourDecodeError */
export function decodeRoute(message: MessageCursor): RouteMessage | undefined {
  try {
    switch (message.type) {
      case rt.RTM_NEWNEIGH:
        return neighbour(message, true);
      case rt.RTM_DELNEIGH:
        return neighbour(message, false);
      case rt.RTM_NEWLINK:
        return link(message);
      case rt.RTM_DELLINK:
        return goneLink(message);
      default:
        return undefined;
    }
  } catch (error) {
    if (!(error instanceof NetlinkDecodeError)) throw error;
    throw new NeighbourDecodeError(error.message, { cause: error });
  }
}

function neighbour(message: MessageCursor, stands: boolean): RouteMessage | undefined {
  const at = header(message, rt.NDMSG_BYTES);
  const { view } = message;
  const addressBytes = ADDRESS_BYTES[view.getUint8(at)];
  if (addressBytes === undefined) return undefined;
  const interfaceIndex = view.getInt32(at + 4, HOST);
  const isResolved = stands && (view.getUint16(at + 8, HOST) & RESOLVED) !== 0;
  let address: Address | undefined;
  let mac: Mac | undefined;
  for (attributes.enter(view, at + rt.NDMSG_BYTES, message.end); attributes.next(); ) {
    if (attributes.type === rt.NDA_DST) address = addressOf(attributes, addressBytes);
    else if (attributes.type === rt.NDA_LLADDR && isResolved) mac = macOf(attributes);
  }
  if (address === undefined) throw new NeighbourDecodeError('a neighbour without an address');
  return { kind: 'neighbour', neighbour: { address, interfaceIndex, mac } };
}

function link(message: MessageCursor): RouteMessage | undefined {
  const at = header(message, rt.IFINFOMSG_BYTES);
  const { view } = message;
  // A bridge tells of its ports in messages of its own family, without most attributes.
  if (view.getUint8(at) !== rt.AF_UNSPEC) return undefined;
  const isEthernet = view.getUint16(at + 2, HOST) === rt.ARPHRD_ETHER;
  const found = { index: view.getInt32(at + 4, HOST), name: '', kind: '', isEthernet, below: 0, master: 0 };
  let mac: Mac | undefined;
  let isElsewhere = false;
  for (attributes.enter(view, at + rt.IFINFOMSG_BYTES, message.end); attributes.next(); ) {
    switch (attributes.type) {
      case rt.IFLA_IFNAME:
        found.name = attributes.string();
        break;
      case rt.IFLA_ADDRESS:
        mac = isEthernet ? macOf(attributes) : undefined;
        break;
      case rt.IFLA_LINK:
        found.below = attributes.u32();
        break;
      case rt.IFLA_LINK_NETNSID:
        isElsewhere = true;
        break;
      case rt.IFLA_MASTER:
        found.master = attributes.u32();
        break;
      case rt.IFLA_LINKINFO:
        found.kind = kindIn(attributes);
    }
  }
  const isCarried = !isElsewhere && found.kind !== 'veth';
  return { kind: 'link', link: { ...found, below: isCarried ? found.below : 0, mac } satisfies Link };
}

function goneLink(message: MessageCursor): RouteMessage | undefined {
  const at = header(message, rt.IFINFOMSG_BYTES);
  // A port that leaves its bridge is announced in the bridge's family: the link itself stays.
  if (message.view.getUint8(at) !== rt.AF_UNSPEC) return undefined;
  return { kind: 'link-gone', index: message.view.getInt32(at + 4, HOST) };
}

function header(message: MessageCursor, bytes: number): number {
  if (message.end - message.start < bytes)
    throw new NeighbourDecodeError(`${message.end - message.start} of ${bytes} bytes of its header`);
  return message.start;
}

function addressOf(cursor: AttributeCursor, bytes: number): Address {
  if (cursor.length !== bytes)
    throw new NeighbourDecodeError(`an address of ${cursor.length} bytes where ${bytes} are due`);
  return fromBytes(cursor.data());
}

function macOf(cursor: AttributeCursor): Mac | undefined {
  return cursor.length === MAC_BYTES ? formatMac(cursor.data()) : undefined;
}

function kindIn(cursor: AttributeCursor): string {
  for (nested.enter(cursor.view, cursor.start, cursor.end); nested.next(); )
    if (nested.type === rt.IFLA_INFO_KIND) return nested.string();
  return '';
}
