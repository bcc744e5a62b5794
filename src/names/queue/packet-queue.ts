/**
 * One queue of nfnetlink_queue, bound to this thread's network namespace. It ends with the socket: the kernel then
 * drops what waits, and what comes later passes or is dropped as the rule says (`bypass`).
 */
import {
  AttributeCursor,
  acknowledgedErrno,
  decodeFailure,
  MessageCursor,
  MessageWriter,
  NETLINK_NETFILTER,
  NetlinkError,
  NetlinkSocket,
  NetlinkTimeoutError,
  NLMSG_ERROR,
  Poller,
} from 'node-netlink';
import {
  decodePacket,
  emptyPacket,
  isPacket,
  NF_ACCEPT,
  NFQA_CFG_F_FAIL_OPEN,
  NFQA_CFG_F_GSO,
  type QueuedPacket,
  type QueueVerdict,
  writeBind,
  writeSettings,
  writeVerdict,
} from './message.ts';

/** What conntrack puts together from fragments, and GSO packets, are at most this long. */
const COPY_BYTES = 0xffff;
const RECEIVE_BUFFER_BYTES = 4 * 1024 * 1024;
const ANSWER_WITHIN_MS = 5_000;

export interface PacketQueueOptions {
  readonly queue: number;
  /** Packets that may wait; default 4,096. */
  readonly maxPackets?: number;
  /** What comes when the queue is full passes unseen instead of being dropped. */
  readonly failOpen: boolean;
}

export interface QueueDrained {
  readonly packets: number;
  /** The socket's buffer was full, and packets went as `failOpen` says. */
  readonly lost: boolean;
  readonly more: boolean;
}

/** What the engine needs of a queue; a test's queue has the same. */
export interface PacketSource extends Disposable {
  /** Readable (poll(2)) while packets wait. */
  readonly fd: number;
  /**
   * Take the packets that wait, at most so many, and give each its verdict as `judge` says. The packet is refilled
   * for the next.
   */
  drain(judge: (packet: QueuedPacket) => QueueVerdict, maxPackets: number): QueueDrained;
}

export class PacketQueue implements PacketSource {
  readonly #socket: NetlinkSocket;
  readonly #queue: number;
  readonly #writer = new MessageWriter(256);
  readonly #message = new MessageCursor();
  readonly #attributes = new AttributeCursor();
  readonly #packet = emptyPacket();

  private constructor(socket: NetlinkSocket, queue: number) {
    this.#socket = socket;
    this.#queue = queue;
  }

  /**
   * @throws NetlinkError EPERM when another socket has this queue, or for want of CAP_NET_ADMIN; EINVAL or another when
   * the kernel has no queues
   */
  static open({ queue, maxPackets = 4_096, failOpen }: PacketQueueOptions): PacketQueue {
    const socket = NetlinkSocket.open({
      protocol: NETLINK_NETFILTER,
      receiveBufferBytes: RECEIVE_BUFFER_BYTES,
      datagramBytes: 2 * 0x10000,
    });
    try {
      const opened = new PacketQueue(socket, queue);
      opened.#ask('bind packet queue', (writer) => writeBind(writer, queue));
      opened.#ask('set up packet queue', (writer) =>
        writeSettings(writer, queue, {
          copyBytes: COPY_BYTES,
          maxPackets,
          flags: NFQA_CFG_F_GSO | (failOpen ? NFQA_CFG_F_FAIL_OPEN : 0),
          mask: NFQA_CFG_F_GSO | NFQA_CFG_F_FAIL_OPEN,
        }),
      );
      return opened;
    } catch (error) {
      socket.close();
      throw error;
    }
  }

  get fd(): number {
    return this.#socket.fd;
  }

  drain(judge: (packet: QueuedPacket) => QueueVerdict, maxPackets: number): QueueDrained {
    let packets = 0;
    let lost = false;
    while (packets < maxPackets) {
      const received = this.#socket.receive();
      if (received === 'empty') return { packets, lost, more: false };
      if (received === 'foreign') break;
      if (received === 'overrun') lost = true;
      else packets += this.#datagram(received, judge);
    }
    return { packets, lost, more: true };
  }

  close(): void {
    this.#socket.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #datagram(length: number, judge: (packet: QueuedPacket) => QueueVerdict): number {
    let packets = 0;
    const message = this.#message.load(this.#socket.view, length);
    while (message.next()) {
      // A verdict on a packet that is gone meanwhile: its interface went down, and the kernel dropped it.
      if (!isPacket(message)) continue;
      decodePacket(message, this.#attributes, this.#packet);
      packets += 1;
      this.#answer(this.#packet.id, judge(this.#packet));
    }
    return packets;
  }

  #answer(id: number, verdict: QueueVerdict): void {
    const writer = this.#writer.reset();
    writeVerdict(writer, this.#queue, id, verdict, false);
    this.#socket.send(writer.bytes, writer.length);
  }

  /** A request while packets may come already: those that do pass, as they would have a moment before. */
  #ask(operation: string, build: (writer: MessageWriter) => void): void {
    build(this.#writer.reset());
    const { acknowledgedSequence } = this.#writer;
    this.#socket.send(this.#writer.bytes, this.#writer.length);
    const poller = new Poller([this.#socket.fd]);
    for (;;) {
      const received = this.#socket.receive();
      if (received === 'overrun' || received === 'foreign') continue;
      if (received === 'empty') {
        if (poller.wait(ANSWER_WITHIN_MS) === 0) throw new NetlinkTimeoutError(operation, ANSWER_WITHIN_MS);
      } else if (this.#acknowledged(received, operation, acknowledgedSequence)) return;
    }
  }

  #acknowledged(length: number, operation: string, sequence: number): boolean {
    const passed: number[] = [];
    const message = this.#message.load(this.#socket.view, length);
    let done = false;
    while (message.next()) {
      if (isPacket(message)) {
        decodePacket(message, this.#attributes, this.#packet);
        passed.push(this.#packet.id);
      } else if (message.type === NLMSG_ERROR && message.sequence === sequence) {
        if (acknowledgedErrno(message) !== 0) throw new NetlinkError(decodeFailure(message, operation));
        done = true;
      }
    }
    for (const id of passed) this.#answer(id, NF_ACCEPT);
    return done;
  }
}
