/**
 * One AF_NETLINK socket (netlink(7)): bytes out, datagrams in, multicast groups. What the bytes mean is the
 * business of `NetlinkClient` (requests and dumps) or of the owner (events).
 */
import { BatchReceiver } from './batch-receiver.ts';
import {
  AF_NETLINK,
  bind,
  checked,
  close,
  EINTR,
  EPERM,
  errno,
  getsockname,
  getsockopt,
  SOCK_CLOEXEC,
  SOCK_RAW,
  send,
  setsockopt,
  socket,
  systemError,
} from './libc.ts';
import { HOST_LITTLE_ENDIAN as HOST } from './message.ts';
import { ADDRESS_BYTES, DatagramReceiver, type Received } from './receiver.ts';

const SOL_SOCKET = 1;
const SO_RCVBUF = 8;
const SO_SNDBUF = 7;
const SO_SNDBUFFORCE = 32;
const SO_RCVBUFFORCE = 33;
const SOL_NETLINK = 270;
const DATAGRAM_BYTES = 65_536;
/** Many times the longest event. */
const BATCHED_DATAGRAM_BYTES = 4_096;
const NETLINK_ADD_MEMBERSHIP = 1;
const NETLINK_DROP_MEMBERSHIP = 2;
const NETLINK_NO_ENOBUFS = 5;
const NETLINK_CAP_ACK = 10;
const NETLINK_EXT_ACK = 11;
const NETLINK_GET_STRICT_CHK = 12;

export interface NetlinkSocketOptions {
  /** NETLINK_ROUTE, NETLINK_NETFILTER, ... */
  protocol: number;
  /** Kernel queue of this socket, as SO_RCVBUF counts it; past rmem_max with CAP_NET_ADMIN only. */
  receiveBufferBytes?: number;
  /** The longest request is a little less than this. */
  sendBufferBytes?: number;
  /** Our buffer for one datagram, 64 KiB, or 4 in a batch. The kernel fills dumps up to 32 KiB a datagram. */
  datagramBytes?: number;
  /** Datagrams taken with one call, and handed out one by one. Default 1. */
  batch?: number;
  /** Ask for error texts and offsets. Default true. */
  extendedAck?: boolean;
  /** Have rtnetlink check dump filters strictly. Default false. */
  strictCheck?: boolean;
  /** Do not report lost events. Default false. */
  noEnobufs?: boolean;
}

export class NetlinkSocket implements Disposable {
  /** Our address; the kernel chose it. */
  readonly portId: number;
  readonly #bytes: Uint8Array<ArrayBuffer>;
  readonly #view: DataView<ArrayBuffer>;
  #fd: number;
  readonly #receiver = new DatagramReceiver();
  readonly #batch: BatchReceiver | undefined;

  private constructor(fd: number, portId: number, { datagramBytes, batch = 1 }: NetlinkSocketOptions) {
    this.#fd = fd;
    this.portId = portId;
    if (batch > 1) this.#batch = new BatchReceiver(batch, datagramBytes ?? BATCHED_DATAGRAM_BYTES);
    this.#bytes = new Uint8Array(batch > 1 ? 0 : (datagramBytes ?? DATAGRAM_BYTES));
    this.#view = new DataView(this.#bytes.buffer);
  }

  /**
   * Open and bind a socket in the calling thread's network namespace.
   * @throws NetlinkError
   */
  static open(options: NetlinkSocketOptions): NetlinkSocket {
    const fd = checked('socket', socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, options.protocol));
    try {
      configure(fd, options);
      return new NetlinkSocket(fd, bindPort(fd), options);
    } catch (error) {
      close(fd);
      throw error;
    }
  }

  /** -1 once closed, so that a number the kernel has given away again is never used. */
  get fd(): number {
    return this.#fd;
  }

  /** Receive a multicast group, by number and not by bit. @throws NetlinkError */
  join(group: number): void {
    setOption(this.#fd, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, group, 'join group');
  }

  /** @throws NetlinkError */
  leave(group: number): void {
    setOption(this.#fd, SOL_NETLINK, NETLINK_DROP_MEMBERSHIP, group, 'leave group');
  }

  /** SO_RCVBUF as the kernel has it: twice what was asked for (socket(7)). */
  get receiveBufferBytes(): number {
    const value = new Int32Array(1);
    checked('SO_RCVBUF', getsockopt(this.#fd, SOL_SOCKET, SO_RCVBUF, value, new Int32Array([4])));
    return value[0];
  }

  /**
   * Send to the kernel, which handles the request before this returns. @throws NetlinkError
   */
  send(bytes: Uint8Array, length: number): void {
    while (send(this.#fd, bytes, length, 0) < 0) {
      if (errno() !== EINTR) throw systemError('send');
    }
  }

  /** As `view`. */
  get bytes(): Uint8Array<ArrayBuffer> {
    const { buffer, byteOffset, byteLength } = this.view;
    return new Uint8Array(buffer, byteOffset, byteLength);
  }

  /** Holds the last datagram, until the next `receive`. */
  get view(): DataView<ArrayBuffer> {
    return this.#batch?.view ?? this.#view;
  }

  /**
   * Take one datagram of the kernel into `view`, without waiting. Datagrams of other processes are dropped.
   * @throws NetlinkTruncatedError when it does not fit; NetlinkError
   */
  receive(): Received {
    return this.#batch?.receive(this.#fd) ?? this.#receiver.receive(this.#fd, this.#bytes);
  }

  close(): void {
    if (this.#fd >= 0) close(this.#fd);
    this.#fd = -1;
  }

  [Symbol.dispose](): void {
    this.close();
  }
}

function configure(fd: number, options: NetlinkSocketOptions): void {
  // An error's acknowledgement need not carry our request back.
  setOption(fd, SOL_NETLINK, NETLINK_CAP_ACK, 1, 'NETLINK_CAP_ACK');
  if (options.extendedAck ?? true) setOption(fd, SOL_NETLINK, NETLINK_EXT_ACK, 1, 'NETLINK_EXT_ACK');
  if (options.strictCheck) setOption(fd, SOL_NETLINK, NETLINK_GET_STRICT_CHK, 1, 'NETLINK_GET_STRICT_CHK');
  if (options.noEnobufs) setOption(fd, SOL_NETLINK, NETLINK_NO_ENOBUFS, 1, 'NETLINK_NO_ENOBUFS');
  const { receiveBufferBytes, sendBufferBytes } = options;
  if (receiveBufferBytes) setBuffer(fd, SO_RCVBUFFORCE, SO_RCVBUF, receiveBufferBytes);
  if (sendBufferBytes) setBuffer(fd, SO_SNDBUFFORCE, SO_SNDBUF, sendBufferBytes);
}

function setOption(fd: number, level: number, name: number, value: number, operation: string): void {
  checked(operation, setsockopt(fd, level, name, new Int32Array([value]), 4));
}

/** Without CAP_NET_ADMIN the size is capped by rmem_max or wmem_max. */
function setBuffer(fd: number, forced: number, capped: number, bytes: number): void {
  const value = new Int32Array([bytes]);
  if (setsockopt(fd, SOL_SOCKET, forced, value, 4) === 0) return;
  if (errno() !== EPERM) throw systemError('socket buffer');
  setOption(fd, SOL_SOCKET, capped, bytes, 'socket buffer');
}

/** Bind to a port id of the kernel's choice, and return it. */
function bindPort(fd: number): number {
  const address = new Uint8Array(ADDRESS_BYTES);
  const view = new DataView(address.buffer);
  view.setUint16(0, AF_NETLINK, HOST);
  checked('bind', bind(fd, address, ADDRESS_BYTES));
  checked('getsockname', getsockname(fd, address, new Int32Array([ADDRESS_BYTES])));
  return view.getUint32(4, HOST);
}
