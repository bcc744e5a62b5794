/**
 * Events and requests of connection tracking, on two netlink sockets, so that a flood of events never pushes an
 * answer out of its queue. All calls are synchronous and act in the network namespace of the thread that opened it.
 *
 * Nothing is missed by: open, then dump, then drain in a loop. When drain says `lost`, dump again:
 *
 *   open --> dump --> drain <--+
 *             ^         | |    |
 *             |  lost   | +----+  poll `fd`
 *             +---------+
 *
 * Events that wait while a dump runs may be older than the entries it gives: an owner tells by id and counters.
 */
import {
  type MessageCursor,
  type MessageWriter,
  NETLINK_NETFILTER,
  NetlinkClient,
  NetlinkError,
  NetlinkSocket,
  NFNLGRP_CONNTRACK_DESTROY,
  NFNLGRP_CONNTRACK_NEW,
  NFNLGRP_CONNTRACK_UPDATE,
} from 'node-netlink';
import { ConntrackDecoder } from './decoder.ts';
import { type ConntrackEntry, emptyEntry } from './entry.ts';
import { conntrackError } from './errors.ts';
import { type Drained, EventQueue } from './event-queue.ts';
import { type DumpFilter, matchesFilter, writeDump } from './filter.ts';
import { eventQueueBytes } from './limit.ts';
import { IPCTNL_MSG_CT_DELETE, IPCTNL_MSG_CT_GET, IPCTNL_MSG_CT_NEW } from './message.ts';
import { type ConntrackIdentity, type ConntrackKey, type MaskedMark, writeKeyed } from './request.ts';

const GROUPS = {
  new: NFNLGRP_CONNTRACK_NEW,
  update: NFNLGRP_CONNTRACK_UPDATE,
  destroy: NFNLGRP_CONNTRACK_DESTROY,
};
/** Events taken from the kernel with one system call, when so many wait. */
const EVENTS_A_CALL = 64;
/** How often a dump is done again that the kernel calls inconsistent. */
const DUMP_ATTEMPTS = 3;

export interface ConntrackSocketOptions {
  /** Default: all three. */
  events?: readonly (keyof typeof GROUPS)[];
  /** Queue for events that are not drained yet. Default: see `eventQueueBytes`; past rmem_max with CAP_NET_ADMIN only. */
  receiveBufferBytes?: number;
  /** The longest silence of the kernel in a dump or a request, in milliseconds. Default 5,000. */
  timeoutMs?: number;
}

export interface Dumped {
  /** Entries handed over, over all attempts. */
  readonly entries: number;
  /** The table was changed during the last attempt too (NLM_F_DUMP_INTR): entries may be missing. */
  readonly interrupted: boolean;
}

export type Deletion = 'deleted' | 'gone';

export class ConntrackSocket implements Disposable {
  readonly #events: NetlinkSocket;
  readonly #queue: EventQueue;
  readonly #client: NetlinkClient;
  readonly #sockets: DisposableStack;
  readonly #decoder = new ConntrackDecoder();
  readonly #entry = emptyEntry();

  private constructor(events: NetlinkSocket, client: NetlinkClient, sockets: DisposableStack) {
    this.#events = events;
    this.#queue = new EventQueue(events);
    this.#client = client;
    this.#sockets = sockets;
  }

  /**
   * Open in the calling thread's network namespace, and subscribe.
   * @throws ConntrackKernelError
   */
  static open(options: ConntrackSocketOptions = {}): ConntrackSocket {
    const protocol = NETLINK_NETFILTER;
    const receiveBufferBytes = options.receiveBufferBytes ?? eventQueueBytes();
    using sockets = new DisposableStack();
    try {
      const client = sockets.use(NetlinkClient.open({ protocol, timeoutMs: options.timeoutMs }));
      const events = sockets.use(NetlinkSocket.open({ protocol, receiveBufferBytes, batch: EVENTS_A_CALL }));
      for (const event of options.events ?? (['new', 'update', 'destroy'] as const))
        events.join(GROUPS[event]);
      return new ConntrackSocket(events, client, sockets.move());
    } catch (error) {
      throw conntrackError(error);
    }
  }

  /** Readable when events wait: for a Poller. */
  get fd(): number {
    return this.#events.fd;
  }

  /**
   * Hand over events that wait, see event-queue.ts. The entry is used again for the next event.
   * @throws ConntrackDecodeError; the event is lost
   * @throws ConntrackKernelError
   */
  drain(onEntry: (entry: ConntrackEntry) => void, limit: number): Drained {
    return this.#queue.drain(onEntry, limit);
  }

  /**
   * Hand over every entry of the table that the filter matches. A dump that the kernel calls inconsistent is done
   * again, up to three times in all, so an entry may come more than once. The entry is used again for the next one;
   * no other call of this socket but `drain` may be made meanwhile.
   * @throws ConntrackDecodeError, ConntrackKernelError
   */
  dump(filter: DumpFilter, onEntry: (entry: ConntrackEntry) => void): Dumped {
    let entries = 0;
    const build = (writer: MessageWriter) => writeDump(writer, filter);
    const take = (message: MessageCursor) => {
      this.#decoder.decode(message, this.#entry);
      if (!matchesFilter(filter, this.#entry)) return;
      entries += 1;
      onEntry(this.#entry);
    };
    try {
      const { interrupted } = this.#client.dump('conntrack dump', build, take, DUMP_ATTEMPTS);
      return { entries, interrupted };
    } catch (error) {
      throw conntrackError(error);
    }
  }

  /**
   * Look up one entry by its original tuple and zone. The entry given back is used again.
   * @throws ConntrackDecodeError, ConntrackKernelError
   */
  find(key: ConntrackKey): ConntrackEntry | undefined {
    const found = this.#keyed('conntrack get', IPCTNL_MSG_CT_GET, key);
    return found ? this.#entry : undefined;
  }

  /**
   * Delete this very entry, by original tuple, zone and id. A successor with the same tuple stays; one with the same
   * id too (see ConntrackIdentity) stays when the start time given is not 0, which costs a look-up more.
   * @throws ConntrackKernelError
   */
  delete(identity: ConntrackIdentity): Deletion {
    // Taken first, because the look-up may refill the very object.
    const { id, startedAtMs } = identity;
    if (startedAtMs !== 0 && this.find(identity)?.startedAtMs !== startedAtMs) return 'gone';
    return this.#keyed('conntrack delete', IPCTNL_MSG_CT_DELETE, identity, id) ? 'deleted' : 'gone';
  }

  /**
   * Change bits of the mark of the entry with this original tuple and zone.
   * @throws ConntrackKernelError
   */
  changeMark(key: ConntrackKey, mark: MaskedMark): 'changed' | 'gone' {
    return this.#keyed('conntrack change mark', IPCTNL_MSG_CT_NEW, key, undefined, mark) ? 'changed' : 'gone';
  }

  close(): void {
    this.#sockets.dispose();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  /** False when there is no such entry. */
  #keyed(operation: string, message: number, key: ConntrackKey, id?: number, mark?: MaskedMark): boolean {
    const build = (writer: MessageWriter) => writeKeyed(writer, message, key, id, mark);
    const take = (answer: MessageCursor) => this.#decoder.decode(answer, this.#entry);
    try {
      this.#client.request(operation, build, take);
      return true;
    } catch (error) {
      if (error instanceof NetlinkError && error.code === 'ENOENT') return false;
      throw conntrackError(error);
    }
  }
}
