/**
 * The packets that rules log to one group, on a netlink socket of its own. What is lost is counted:
 *
 *   kernel -- queue of the socket full --> not queued, ENOBUFS   `overruns`: how often we were told
 *      |                                                         `missed`: how many, by the gap in their numbers
 *      +---> queue ---> drain                                    `undecodable`: came, and made no sense
 *
 * The group belongs to this socket until it is closed. All calls are synchronous and act in the network namespace of the
 * thread that opened it.
 */
import {
  MessageCursor,
  NETLINK_NETFILTER,
  NetlinkClient,
  NetlinkDecodeError,
  NLMSG_DONE,
} from 'node-netlink';
import { NflogDecoder } from './decoder.ts';
import { NflogDecodeError, nflogError } from './errors.ts';
import { emptyPacket, type LoggedPacket } from './packet.ts';
import { type GroupSettings, writeBind } from './request.ts';

export interface NflogSocketOptions extends Pick<GroupSettings, 'group'> {
  /** Of each packet. Default 192: IPv6 with some extension headers, and ports. */
  readonly copyBytes?: number;
  /** Default 64. */
  readonly queueThreshold?: number;
  /** Default 10. */
  readonly timeoutMs?: number;
  /** Queue for packets that are not drained yet. Default 4 MiB; past rmem_max with CAP_NET_ADMIN only. */
  readonly receiveBufferBytes?: number;
}

export interface NflogCounters {
  /** Handed over. */
  packets: number;
  /** Logged, and lost on the way to us, as the numbers of the messages tell. */
  missed: number;
  /** Times the kernel said that the queue was full. */
  overruns: number;
  undecodable: number;
}

const DEFAULTS = { copyBytes: 192, queueThreshold: 64, timeoutMs: 10 } as const;
const RECEIVE_BUFFER_BYTES = 4 << 20;
const SEQUENCES = 2 ** 32;

export class NflogSocket implements Disposable {
  readonly counters: NflogCounters = { packets: 0, missed: 0, overruns: 0, undecodable: 0 };
  readonly #client: NetlinkClient;
  readonly #message = new MessageCursor();
  readonly #decoder = new NflogDecoder();
  readonly #packet = emptyPacket();
  /** The kernel numbers from 0 on when a group is bound. */
  #nextSequence = 0;

  private constructor(client: NetlinkClient) {
    this.#client = client;
  }

  /** Open in the calling thread's network namespace, and bind. @throws NflogKernelError */
  static open(options: NflogSocketOptions): NflogSocket {
    const receiveBufferBytes = options.receiveBufferBytes ?? RECEIVE_BUFFER_BYTES;
    using resources = new DisposableStack();
    try {
      const client = resources.use(NetlinkClient.open({ protocol: NETLINK_NETFILTER, receiveBufferBytes }));
      client.request('bind nflog group', (writer) => writeBind(writer, { ...DEFAULTS, ...options }));
      resources.move();
      return new NflogSocket(client);
    } catch (error) {
      throw nflogError(error);
    }
  }

  /** Readable when packets wait: for a Poller. */
  get fd(): number {
    return this.#client.socket.fd;
  }

  /**
   * Hand over the packets that wait, without blocking: at most about `limit`, as a datagram holds several. The packet is
   * used again for the next one.
   * @returns whether more may wait
   * @throws NflogKernelError
   */
  drain(onPacket: (packet: LoggedPacket) => void, limit: number): boolean {
    const { socket } = this.#client;
    // By what came in, decodable or not, so that nothing but the limit ends it.
    for (let taken = 0; taken < limit; ) {
      const received = this.#receive();
      if (received === 'empty') return false;
      if (received === 'overrun') this.counters.overruns += 1;
      taken +=
        typeof received === 'number' ? Math.max(1, this.#datagram(socket.view, received, onPacket)) : 1;
    }
    return true;
  }

  close(): void {
    this.#client.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #receive(): ReturnType<NetlinkClient['socket']['receive']> {
    try {
      return this.#client.socket.receive();
    } catch (error) {
      throw nflogError(error);
    }
  }

  /** @returns how many messages it held */
  #datagram(view: DataView, length: number, onPacket: (packet: LoggedPacket) => void): number {
    let count = 0;
    try {
      const message = this.#message.load(view, length);
      while (message.next()) {
        // Ends a datagram of several packets.
        if (message.type === NLMSG_DONE) continue;
        count += 1;
        if (!this.#decode(message)) continue;
        this.counters.packets += 1;
        onPacket(this.#packet);
      }
    } catch (error) {
      if (!(error instanceof NetlinkDecodeError)) throw error;
      this.counters.undecodable += 1;
    }
    return count;
  }

  #decode(message: MessageCursor): boolean {
    try {
      this.#decoder.decode(message, this.#packet);
      this.#follow(this.#packet.sequence);
      return true;
    } catch (error) {
      if (!(error instanceof NflogDecodeError)) throw error;
      this.counters.undecodable += 1;
      return false;
    }
  }

  #follow(sequence: number): void {
    if (sequence < 0) return;
    this.counters.missed += (sequence - this.#nextSequence + SEQUENCES) % SEQUENCES;
    this.#nextSequence = (sequence + 1) % SEQUENCES;
  }
}
