/**
 * Neighbours and links of the calling thread's network namespace, on two netlink sockets, so that notifications never
 * push an answer out of its queue. All calls are synchronous.
 *
 * Nothing is missed by: open, then dump, then drain in a loop. When drain says `lost`, dump again.
 */
import {
  MessageCursor,
  type MessageWriter,
  NETLINK_ROUTE,
  NetlinkClient,
  NetlinkSocket,
  NLM_F_DUMP,
  NLM_F_REQUEST,
} from 'node-netlink';
import { decodeRoute } from './decoder.ts';
import { neighbourError } from './errors.ts';
import type { RouteMessage } from './neighbour.ts';
import {
  IFINFOMSG_BYTES,
  NDMSG_BYTES,
  RTM_GETLINK,
  RTM_GETNEIGH,
  RTNLGRP_LINK,
  RTNLGRP_NEIGH,
} from './rtnetlink.ts';

/** Room for some thousand notifications: a scan of an attached network makes one for each address. */
const DEFAULT_RECEIVE_BUFFER_BYTES = 4 << 20;
/** How often a dump is done again that the kernel calls inconsistent. */
const DUMP_ATTEMPTS = 3;

export interface NeighbourSocketOptions {
  /** Queue for notifications that are not drained yet. Default 4 MiB; past rmem_max with CAP_NET_ADMIN only. */
  readonly receiveBufferBytes?: number;
}

export interface NeighboursDrained {
  /** The queue overflowed and notifications are gone (ENOBUFS): dump. */
  readonly lost: boolean;
  /** The limit was reached; there may be more. */
  readonly more: boolean;
}

export class NeighbourSocket implements Disposable {
  readonly #events: NetlinkSocket;
  readonly #client: NetlinkClient;
  readonly #sockets: DisposableStack;
  readonly #message = new MessageCursor();
  /** Notifications were lost, and the kernel drops more without a word until the queue was empty once. */
  #isBehind = false;

  private constructor(events: NetlinkSocket, client: NetlinkClient, sockets: DisposableStack) {
    this.#events = events;
    this.#client = client;
    this.#sockets = sockets;
  }

  /** Open in the calling thread's network namespace, and subscribe. @throws NeighbourKernelError */
  static open(options: NeighbourSocketOptions = {}): NeighbourSocket {
    const protocol = NETLINK_ROUTE;
    const receiveBufferBytes = options.receiveBufferBytes ?? DEFAULT_RECEIVE_BUFFER_BYTES;
    using sockets = new DisposableStack();
    try {
      const client = sockets.use(NetlinkClient.open({ protocol }));
      const events = sockets.use(NetlinkSocket.open({ protocol, receiveBufferBytes }));
      events.join(RTNLGRP_NEIGH);
      events.join(RTNLGRP_LINK);
      return new NeighbourSocket(events, client, sockets.move());
    } catch (error) {
      throw neighbourError(error);
    }
  }

  /** Readable when notifications wait: for a Poller. */
  get fd(): number {
    return this.#events.fd;
  }

  /**
   * Hand over the notifications that wait, at most about `limit`, without blocking.
   * @throws NeighbourDecodeError, and that datagram is lost; NeighbourKernelError
   */
  drain(onMessage: (message: RouteMessage) => void, limit: number): NeighboursDrained {
    let lost = false;
    for (let taken = 0; taken < limit; ) {
      const received = this.#receive();
      if (received === 'empty') {
        lost ||= this.#isBehind;
        this.#isBehind = false;
        return { lost, more: false };
      }
      if (received === 'overrun') lost = this.#isBehind = true;
      taken += typeof received === 'number' ? this.#datagram(received, onMessage) : 1;
    }
    return { lost, more: true };
  }

  /**
   * Hand over all links, then all neighbours. What the kernel calls inconsistent is dumped again, so that one may
   * come more than once.
   * @throws NeighbourDecodeError, NeighbourKernelError
   */
  dump(onMessage: (message: RouteMessage) => void): void {
    this.#dump('list links', RTM_GETLINK, IFINFOMSG_BYTES, onMessage);
    this.#dump('list neighbours', RTM_GETNEIGH, NDMSG_BYTES, onMessage);
  }

  close(): void {
    this.#sockets.dispose();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #dump(operation: string, type: number, headerBytes: number, onMessage: (message: RouteMessage) => void) {
    const build = (writer: MessageWriter) => {
      writer.begin(type, NLM_F_REQUEST | NLM_F_DUMP);
      // Of every family, on every interface.
      writer.reserve(headerBytes);
      writer.end();
    };
    const take = (message: MessageCursor) => pass(message, onMessage);
    try {
      this.#client.dump(operation, build, take, DUMP_ATTEMPTS);
    } catch (error) {
      throw neighbourError(error);
    }
  }

  #receive() {
    try {
      return this.#events.receive();
    } catch (error) {
      throw neighbourError(error);
    }
  }

  /** Counts messages, also those that are about something else, so that a flood of them ends a drain too. */
  #datagram(length: number, onMessage: (message: RouteMessage) => void): number {
    const message = this.#message.load(this.#events.view, length);
    let count = 0;
    while (message.next()) {
      pass(message, onMessage);
      count += 1;
    }
    return count;
  }
}

function pass(message: MessageCursor, onMessage: (message: RouteMessage) => void): void {
  const decoded = decodeRoute(message);
  if (decoded !== undefined) onMessage(decoded);
}
