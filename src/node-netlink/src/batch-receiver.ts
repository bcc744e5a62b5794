/**
 * Takes many datagrams with one system call (recvmmsg(2)) and hands them out one by one: events come one message a
 * datagram, and the call costs as much as what the kernel does for one. In one memory, which the kernel is told by
 * address, host order and 64-bit:
 *
 *   struct mmsghdr   64 x n   name 8 | name length 4, - 4 | iovec 8 | iovecs 8 | control 8 | its length 8 | flags 4, - 4
 *                             received 4, - 4
 *   struct iovec     16 x n   base 8 | length 8
 *   sockaddr_nl      16 x n   see receiver.ts, padded
 *   datagrams
 */
import koffi from 'koffi';
import { NetlinkTruncatedError } from './errors.ts';
import { EAGAIN, EINTR, ENOBUFS, errno, MSG_DONTWAIT, MSG_TRUNC, recvmmsg, systemError } from './libc.ts';
import { HOST_LITTLE_ENDIAN as HOST } from './message.ts';
import { ADDRESS_BYTES, type Received } from './receiver.ts';

const HEADER_BYTES = 64;
const RECEIVED = 56;
const IOVEC_BYTES = 16;
const NAME_BYTES = 16;
const PORT_ID = 4;
/** Calls of one `receive`, so that a flood of other processes' datagrams cannot hold the thread. */
const MAX_CALLS = 2;

export class BatchReceiver {
  readonly #memory: Uint8Array<ArrayBuffer>;
  readonly #fields: DataView<ArrayBuffer>;
  readonly #views: readonly DataView<ArrayBuffer>[];
  readonly #namesAt: number;
  #count = 0;
  #next = 0;
  #view: DataView<ArrayBuffer>;

  /** `datagrams` are taken at once, of at most `datagramBytes` each. */
  constructor(datagrams: number, datagramBytes: number) {
    const iovecsAt = datagrams * HEADER_BYTES;
    this.#namesAt = iovecsAt + datagrams * IOVEC_BYTES;
    const dataAt = this.#namesAt + datagrams * NAME_BYTES;
    const buffer = new ArrayBuffer(dataAt + datagrams * datagramBytes);
    this.#memory = new Uint8Array(buffer);
    this.#fields = new DataView(buffer);
    this.#views = Array.from(
      { length: datagrams },
      (_, i) => new DataView(buffer, dataAt + i * datagramBytes, datagramBytes),
    );
    this.#view = this.#views[0];
    const base = koffi.address(this.#memory);
    for (let i = 0; i < datagrams; i++) {
      const iovec = iovecsAt + i * IOVEC_BYTES;
      this.#point(i * HEADER_BYTES, base, this.#namesAt + i * NAME_BYTES, ADDRESS_BYTES);
      this.#point(i * HEADER_BYTES + 16, base, iovec, 1);
      this.#point(iovec, base, dataAt + i * datagramBytes, datagramBytes);
    }
  }

  /** An address and the number that belongs to it. */
  #point(at: number, base: bigint, target: number, number: number): void {
    this.#fields.setBigUint64(at, base + BigInt(target), HOST);
    this.#fields.setBigUint64(at + 8, BigInt(number), HOST);
  }

  /** Holds the last datagram, until the next `receive`. */
  get view(): DataView<ArrayBuffer> {
    return this.#view;
  }

  /**
   * The next datagram of the kernel, without waiting. Datagrams of other processes are dropped. What was taken from
   * the kernel with others waits here, where poll(2) does not see it: go on until it is 'empty'.
   * @throws NetlinkTruncatedError when it does not fit; NetlinkError
   */
  receive(fd: number): Received {
    for (let calls = 0; ; ) {
      if (this.#next >= this.#count) {
        const state = calls++ < MAX_CALLS ? this.#fill(fd) : 'foreign';
        if (state !== 'filled') return state;
      }
      const at = this.#next++;
      if (this.#fields.getUint32(this.#namesAt + at * NAME_BYTES + PORT_ID, HOST) !== 0) continue;
      this.#view = this.#views[at];
      const length = this.#fields.getUint32(at * HEADER_BYTES + RECEIVED, HOST);
      if (length > this.#view.byteLength) throw new NetlinkTruncatedError(length, this.#view.byteLength);
      return length;
    }
  }

  #fill(fd: number): 'filled' | 'empty' | 'overrun' {
    this.#next = 0;
    this.#count = 0;
    for (;;) {
      // With MSG_TRUNC the lengths are the datagrams' own, also of those that did not fit.
      const count = recvmmsg(fd, this.#memory, this.#views.length, MSG_DONTWAIT | MSG_TRUNC, null);
      if (count > 0) {
        this.#count = count;
        return 'filled';
      }
      const failure = errno();
      if (failure === EAGAIN) return 'empty';
      if (failure === ENOBUFS) return 'overrun';
      if (failure !== EINTR) throw systemError('recvmmsg', failure);
    }
  }
}
